/// Where a pad is: bank A to J, pad 1 to 16; written `A1`.
public struct PadAddress: Hashable, Sendable, Comparable {
    /// 0 for A … 9 for J.
    public let bank: Int
    /// 1…16.
    public let pad: Int

    public static let banks = 10
    public static let padsPerBank = 16

    /// All 160, A1 first.
    public static let all = (0..<banks).flatMap { bank in (1...padsPerBank).map { PadAddress(uncheckedBank: bank, $0) }
    }

    private init(uncheckedBank bank: Int, _ pad: Int) { (self.bank, self.pad) = (bank, pad) }

    /// `nil` for a bank or pad that does not exist.
    public init?(bank: Int, pad: Int) {
        guard (0..<Self.banks).contains(bank), (1...Self.padsPerBank).contains(pad) else { return nil }
        self.init(uncheckedBank: bank, pad)
    }

    /// Reads `A1` to `J16`, in small letters too.
    public init?(_ text: String) {
        // Before letters are made large: a dotless i would become an I.
        guard text.utf8.allSatisfy({ $0 < 0x80 }), let letter = text.uppercased().utf8.first,
            text.dropFirst().first?.isNumber == true, let pad = Int(text.dropFirst())
        else { return nil }
        self.init(bank: Int(letter) - 0x41, pad: pad)
    }

    /// 0 for A1 … 159 for J16.
    public var index: Int { bank * Self.padsPerBank + pad - 1 }

    public static func < (a: PadAddress, b: PadAddress) -> Bool { a.index < b.index }
}

extension PadAddress: CustomStringConvertible {
    public var description: String { "\(bankLetter)\(pad)" }

    /// A…J.
    public var bankLetter: String { Self.letter(ofBank: bank) }

    /// - Parameter bank: 0…9.
    package static func letter(ofBank bank: Int) -> String { String(UnicodeScalar(UInt8(0x41 + bank))) }
}

extension PadAddress: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let address = PadAddress(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a pad is written A1 to J16"))
        }
        self = address
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
