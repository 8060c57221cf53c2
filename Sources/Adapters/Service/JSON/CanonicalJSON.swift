import Storage
import StrictJSON

/// A JSON object, written in the one way that all writers agree on (RFC 8785): what is equal has one text and one checksum.
///
/// Numbers are those of a `Double`. Names in an object are not there twice, and differ by more than how a letter is composed.
public struct CanonicalJSON: Hashable, Sendable {
    public let text: String

    public static let empty = CanonicalJSON(text: "{}")

    /// SHA-256 of ``text``, hexadecimal.
    public var checksum: String { Checksum.sha256(text) }

    /// Of a row, where it was put by this type.
    init(text: String) {
        self.text = text
    }
}

extension CanonicalJSON: Codable {
    /// - Throws: `DecodingError` for what is no object, or holds a whole number that is none of a `Double`.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard case .object = value else {
            throw DecodingError.typeMismatch(
                CanonicalJSON.self, .init(codingPath: decoder.codingPath, debugDescription: "not an object"))
        }
        if let way = value.wayToInexactNumber {
            let path = decoder.codingPath + way.map(Member.init)
            throw DecodingError.dataCorrupted(
                .init(codingPath: path, debugDescription: "a whole number beyond 2^53: send it as text"))
        }
        var text: [UInt8] = []
        value.writeCanonically(to: &text)
        self.init(text: String(decoding: text, as: UTF8.self))
    }

    public func encode(to encoder: any Encoder) throws {
        try JSONValue(reading: Array(text.utf8), within: .stored).encode(to: encoder)
    }

    private struct Member: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension JSONValue {
    /// The names around a whole number that is none of a `Double`: two of them would silently become one.
    fileprivate var wayToInexactNumber: [String]? {
        switch self {
        case .integer(let whole): return Int64(exactly: Double(whole)) == whole ? nil : []
        case .array(let elements): return elements.lazy.compactMap(\.wayToInexactNumber).first
        case .object(let object):
            for (name, value) in object.members {
                if let way = value.wayToInexactNumber { return [name] + way }
            }
            return nil
        case .null, .boolean, .number, .string: return nil
        }
    }
}
