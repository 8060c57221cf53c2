/// What a sampler's pads play: a plan that can be kept as JSON, checked, and written for a device.
public struct Kit: Equatable, Sendable, Codable {
    /// 1 to 31 printable ASCII characters.
    public var name: String
    /// Beats per minute, in ``tempi``.
    public var bpm: Double
    /// In any order; a pad not named is empty.
    public var pads: [KitPad]
    /// What is said of whole banks; a bank not named has the kit's tempo and full volume.
    public var banks: [KitBank]?

    /// Beats per minute that samplers know.
    public static let tempi = 40.0...200.0
    /// Characters of a name at most.
    public static let longestName = 31

    public init(name: String, bpm: Double = 120, pads: [KitPad] = [], banks: [KitBank]? = nil) {
        (self.name, self.bpm, self.pads, self.banks) = (name, bpm, pads, banks)
    }

    /// The pad at a place, if there is a sample on it.
    public subscript(address: PadAddress) -> KitPad? { pads.first { $0.address == address } }
}
