/// A phone number with its country: `+`, then 7 to 15 digits of which the first is not 0 (ITU-T E.164).
public struct PhoneNumber: Hashable, Sendable {
    public let text: String

    public init(_ text: String) throws(MessageFlaw) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (7...15).contains(digits.count), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { throw .phoneNumber }
        self.text = text
    }
}

extension PhoneNumber: Codable, CustomStringConvertible {
    public var description: String { text }

    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
