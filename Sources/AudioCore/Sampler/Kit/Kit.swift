/// What a sampler's pads play: a plan that can be kept as JSON, checked, and written for a device.
public struct Kit: Equatable, Sendable, Codable {
    /// At most 32 printable ASCII characters on the unit.
    public var name: String
    /// Beats per minute, 40…200.
    public var bpm: Double
    /// In any order; a pad not named is empty.
    public var pads: [KitPad]

    public init(name: String, bpm: Double = 120, pads: [KitPad] = []) {
        (self.name, self.bpm, self.pads) = (name, bpm, pads)
    }

    /// The pad at a place, if there is a sample on it.
    public subscript(address: PadAddress) -> KitPad? { pads.first { $0.address == address } }
}
