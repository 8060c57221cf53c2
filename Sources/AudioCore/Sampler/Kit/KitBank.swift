/// What holds for all pads of one bank of a kit.
public struct KitBank: Equatable, Sendable, Codable {
    /// A…J.
    public var bank: String
    /// Beats per minute, 40…200; `nil` for the kit's.
    public var bpm: Double?
    /// 0…127; `nil` for 127.
    public var volume: Int?
    /// Whether its pads cannot be changed on the unit; `nil` for no.
    public var protected: Bool?

    public init(_ bank: String, bpm: Double? = nil, volume: Int? = nil, protected: Bool? = nil) {
        (self.bank, self.bpm, self.volume, self.protected) = (bank, bpm, volume, protected)
    }

    /// 0…9, `nil` for a bank that does not exist.
    var index: Int? { bank.count == 1 ? PadAddress("\(bank)1").map(\.bank) : nil }
}
