/// A text to a phone.
public struct TextMessage: Equatable, Sendable {
    /// How long it may be.
    public enum Limit: Sendable {
        /// What is sent, and paid for, as one: 160 characters of the GSM alphabet, 70 of others.
        case oneSegment
        /// What providers take at most, in several segments: 1,600 characters.
        case longest
    }

    /// In UTF-16 units, as providers count.
    public static let longest = 1_600

    public let to: PhoneNumber
    public let text: String

    public init(to: PhoneNumber, _ text: String, limit: Limit = .longest) throws(MessageFlaw) {
        guard !text.isBlank else { throw .emptyText }
        guard text.isPlainText else { throw .controlCharacters }
        (self.to, self.text) = (to, text)
        guard text.utf16.count <= Self.longest, limit == .longest || segments == 1 else {
            throw .tooLong(segments: segments)
        }
    }

    /// How many are sent, and paid for: 160 septets fit into one alone and 153 into each of several, or 70 and 67 units of
    /// UTF-16 if one character is not in the GSM alphabet.
    ///
    /// Source: 3GPP TS 23.038 (alphabets) and TS 23.040 §9.2.3.24.1 (concatenation).
    public var segments: Int {
        let septets = text.unicodeScalars.map { GSMAlphabet.septets(of: $0) }
        let isGSM = septets.allSatisfy { $0 != nil }
        let sizes = isGSM ? septets.compactMap(\.self) : text.unicodeScalars.map { $0.value > 0xFFFF ? 2 : 1 }
        let (alone, together) = isGSM ? (160, 153) : (70, 67)
        guard sizes.reduce(0, +) > alone else { return 1 }
        var (count, used) = (1, 0)
        for size in sizes {
            // A character of two parts is not torn.
            if used + size > together { (count, used) = (count + 1, 0) }
            used += size
        }
        return count
    }
}

extension TextMessage: Codable {
    private enum CodingKeys: String, CodingKey {
        case to, text
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            to: try values.decode(PhoneNumber.self, forKey: .to), try values.decode(String.self, forKey: .text))
    }
}

/// The characters that phones write with seven bits each.
private enum GSMAlphabet {
    private static let basic = Set(
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
            + "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
    /// Written as an escape and another.
    private static let extended = Set("^{}\\[~]|€".unicodeScalars)

    static func septets(of scalar: Unicode.Scalar) -> Int? {
        if basic.contains(scalar) { 1 } else if extended.contains(scalar) { 2 } else { nil }
    }
}
