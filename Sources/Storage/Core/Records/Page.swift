import Crypto
import Foundation

/// Which part of a list, newest first, is wanted.
public struct PageRequest: Sendable {
    public static let largest = 200

    public let limit: Int
    public let after: PageCursor?

    /// - Parameter limit: clamped to `1...200`.
    public init(limit: Int = 50, after: PageCursor? = nil) {
        (self.limit, self.after) = (min(max(limit, 1), Self.largest), after)
    }

    /// The end of a statement that lists by `created_at` and `id`, the newest first, after its `WHERE` and a condition: what
    /// comes after the cursor, and one row more than the page takes, which tells ``Page`` whether there is a next one.
    public var newestFirst: SQL {
        let after: SQL = after.map { "AND (created_at, id) < (\($0.createdAt), \($0.id))" } ?? ""
        return "\(after) ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)"
    }
}

/// A part of a list, and where the next one starts.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    /// Nil on the last page.
    public let next: PageCursor?

    /// - Parameter fetched: up to one item more than `limit`, which tells whether there is a next page.
    public init(_ fetched: [Item], limit: Int, cursor: (Item) -> PageCursor) {
        items = Array(fetched.prefix(limit))
        next = fetched.count > limit ? items.last.map(cursor) : nil
    }

    public func map<Other: Sendable>(_ transform: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), next: next)
    }

    private init(items: [Item], next: PageCursor?) {
        (self.items, self.next) = (items, next)
    }
}

/// The last item seen, by its place in the list. Pages by place neither repeat nor skip when rows come and go.
public struct PageCursor: Equatable, Sendable {
    public let createdAt: Timestamp
    public let id: String

    public init(createdAt: Timestamp, id: String) {
        (self.createdAt, self.id) = (createdAt, id)
    }

    /// Of a list in an order of its owner's: the place stands where the time of others does.
    public init(place: Int, id: String) {
        self.init(createdAt: Timestamp(milliseconds: Int64(place)), id: id)
    }

    /// What ``init(place:id:)`` was given; nil for what is no place.
    public var place: Int? { Int(exactly: createdAt.milliseconds) }

    /// Text for clients, good only for the same `owner` and the `list` of that name.
    public func encoded(for owner: AccountID, list: String = "") -> String {
        let place = "\(createdAt.milliseconds)/\(id)"
        return Base64URL.encode(Array("\(Self.mark(place, owner, list))/\(place)".utf8))
    }

    /// Nil unless `text` came from ``encoded(for:list:)`` with the same owner and list.
    public init?(_ text: String, for owner: AccountID, list: String = "") {
        guard let bytes = Base64URL.decode(text), let decoded = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        let parts = decoded.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let milliseconds = Int64(parts[1]),
            parts[0] == Self.mark("\(parts[1])/\(parts[2])", owner, list)
        else { return nil }
        self.init(createdAt: Timestamp(milliseconds: milliseconds), id: String(parts[2]))
    }

    /// Not a secret: it only tells a cursor of another account or list from the right one.
    private static func mark(_ place: String, _ owner: AccountID, _ list: String) -> String {
        Checksum.hex(SHA256.hash(data: Array("\(owner)/\(list)/\(place)".utf8)).prefix(6))
    }
}
