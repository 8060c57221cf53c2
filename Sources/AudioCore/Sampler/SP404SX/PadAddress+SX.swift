extension PadAddress {
    /// Pads of a bank of an SP-404SX; banks are A to J, as everywhere.
    public static let padsPerBankOnSX = 12
    /// Pads of an SP-404SX.
    public static let padsOnSX = banks * padsPerBankOnSX

    /// All 120 of an SP-404SX, A1 first.
    public static let allOnSX = all.filter { $0.pad <= padsPerBankOnSX }

    /// 0 for A1 … 119 for J12, as an SP-404SX counts; `nil` for pads 13 to 16, which it does not have.
    public var indexOnSX: Int? {
        pad <= Self.padsPerBankOnSX ? bank * Self.padsPerBankOnSX + pad - 1 : nil
    }

    /// The sample file of the pad, `A0000001.WAV` for A1; `nil` for a pad that an SP-404SX does not have.
    public var fileNameOnSX: String? { indexOnSX == nil ? nil : "\(bankLetter)00000\(pad < 10 ? "0" : "")\(pad).WAV" }

    /// The pad that a sample file of an SP-404SX is for.
    ///
    /// - Parameter name: `A0000001.WAV` to `J0000012.WAV`, or the same with AIF or AIFF; small letters too. `nil` for
    ///   other names.
    public init?(fileNameOnSX name: String) {
        let parts = name.uppercased().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, ["WAV", "AIF", "AIFF"].contains(parts[1]), parts[0].utf8.count == 8,
            parts[0].utf8.dropFirst().allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let letter = parts[0].first, let number = Int(parts[0].dropFirst()), number <= Self.padsPerBankOnSX
        else { return nil }
        self.init("\(letter)\(number)")
    }
}
