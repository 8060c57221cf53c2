import Foundation

/// An answer as it went out, for repeats of its request.
public struct KeptAnswer: Sendable, Equatable, Codable {
    public struct Field: Sendable, Equatable, Codable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            (self.name, self.value) = (name, value)
        }
    }

    /// The longest body that is kept, bytes.
    public static let longest = 1 << 20

    public let status: Int
    public let fields: [Field]
    public let body: [UInt8]

    public init(status: Int, fields: [Field], body: [UInt8]) {
        (self.status, self.fields, self.body) = (status, fields, body)
    }

    private enum CodingKeys: String, CodingKey {
        case status, fields, body
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        status = try container.decode(Int.self, forKey: .status)
        fields = try container.decode([Field].self, forKey: .fields)
        body = Array(try container.decode(Data.self, forKey: .body))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(status, forKey: .status)
        try container.encode(fields, forKey: .fields)
        try container.encode(Data(body), forKey: .body)
    }
}

extension KeptAnswer {
    /// Whether a repeat gets this answer, or is run anew.
    ///
    /// Kept is what follows from the request, and a failure (500) after which nobody knows what was done. Who has to sign
    /// in (401), is asked to wait (429), or came while something was away (503) has changed nothing, and is meant to
    /// come again.
    public static func isKept(status: Int) -> Bool {
        ![401, 408, 429, 503].contains(status)
    }
}

extension KeptAnswer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "answer \(status), \(body.count) bytes" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
