import AudioCore
import Storage

/// A part of what a search found, and where the next one starts.
public struct SamplePage<Item: Sendable>: Sendable {
    public let items: [Item]
    /// Nil on the last page.
    public let next: SampleCursor?
}

extension SamplePage {
    /// The same page, of what there is to each of its items.
    ///
    /// - Throws: ``DatabaseError/unexpected(_:)`` where there is nothing to one, which is a fault of the database.
    func with<Other>(_ read: ([Item]) throws -> [Other]) throws -> SamplePage<Other> {
        let others = try read(items)
        guard others.count == items.count else { throw DatabaseError.unexpected("a search leads to no sample") }
        return SamplePage<Other>(items: others, next: next)
    }
}

/// The last sample of a page, by its place in the order. Pages by place neither repeat nor skip when rows come and go.
public struct SampleCursor: Hashable, Sendable {
    /// What it is sorted by.
    let value: SQLValue
    let id: SampleID
}

extension SampleCursor {
    /// Text for clients, good only for the same owner and the same query.
    public func encoded(for owner: AccountID, _ query: SampleQuery) -> String {
        let value =
            switch value {
            case .integer(let number): "i\(number)"
            case .real(let number): "r\(number.bitPattern)"
            case .text(let text): "t\(text)"
            case .null, .blob: ""
            }
        let place = "\(id)/\(value)"
        return Base64URL.encode(Array("\(Self.mark(place, owner, query))/\(place)".utf8))
    }

    /// Nil unless `text` came from ``encoded(for:_:)`` with the same owner and query.
    public init?(_ text: String, for owner: AccountID, _ query: SampleQuery) {
        guard let bytes = Base64URL.decode(text), let decoded = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        let parts = decoded.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.mark("\(parts[1])/\(parts[2])", owner, query),
            let id = SampleID(String(parts[1]))
        else { return nil }
        let value = parts[2].dropFirst()
        switch parts[2].first {
        case "i": self.value = .integer(Int64(value) ?? 0)
        case "r": self.value = .real(Double(bitPattern: UInt64(value) ?? 0))
        case "t": self.value = .text(String(value))
        default: return nil
        }
        self.id = id
    }

    /// Not a secret: it only tells a cursor of another account or query from the right one.
    private static func mark(_ place: String, _ owner: AccountID, _ query: SampleQuery) -> String {
        String(Checksum.sha256("\(owner)/\(query.fingerprint)/\(place)").prefix(12))
    }
}

extension SampleQuery {
    /// The same for equal queries.
    fileprivate var fingerprint: String {
        let parts: [String] = [
            SearchWords(text).words.joined(separator: " "), tempo.map { "\($0)" } ?? "",
            keys.map(\.wheelPlace).sorted().description, tags.map(\.text).sorted().description,
            kinds.map(\.rawValue).sorted().description, roles.map(\.rawValue).sorted().description,
            duration.map { "\($0)" } ?? "", "\(isHidden)", order.property.rawValue, order.direction.rawValue,
            collection?.text ?? "", rules.map(\.fingerprint).joined(separator: "\u{2}"),
        ]
        return parts.joined(separator: "\u{1}")
    }
}
