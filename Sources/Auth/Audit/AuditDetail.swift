import Foundation
import Storage

/// A few plain values about what happened, as `["role": "admin", "sessions": 3]`. Never a secret, nor what somebody
/// typed where they were not known.
public struct AuditDetail: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case text(String)
        case number(Int64)
        case flag(Bool)
    }

    public let values: [String: Value]

    public init(_ values: [String: Value]) {
        self.values = values
    }
}

extension AuditDetail: ExpressibleByDictionaryLiteral {
    /// Of a name that comes twice the last value counts.
    public init(dictionaryLiteral elements: (String, Value)...) {
        values = Dictionary(elements) { $1 }
    }
}

extension AuditDetail.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral number: Int64) { self = .number(number) }
    public init(booleanLiteral flag: Bool) { self = .flag(flag) }
}

extension AuditDetail.Value: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self =
            if let flag = try? container.decode(Bool.self) {
                .flag(flag)
            } else if let number = try? container.decode(Int64.self) {
                .number(number)
            } else {
                .text(try container.decode(String.self))
            }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        }
    }
}

extension AuditDetail: Codable {
    public init(from decoder: any Decoder) throws {
        values = try [String: Value](from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        try values.encode(to: encoder)
    }
}

extension AuditDetail {
    /// JSON in one line; nil for no values.
    func column() throws -> String? {
        guard !values.isEmpty else { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(values), as: UTF8.self)
    }

    init(column text: String?) throws {
        self.init(try text.map { try JSONDecoder().decode([String: Value].self, from: Data($0.utf8)) } ?? [:])
    }
}
