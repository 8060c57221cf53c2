/// A kit that was put together, and what is to be said of it.
public struct BuiltKit: Equatable, Sendable {
    /// Its pads in order, each with the reason why it plays what it does.
    public var kit: Kit
    /// The tempo and the key everything goes with.
    public var frame: KitFrame
    /// Pads that stay empty, in order.
    public var empty: [EmptyPad]
    /// Sounds no pad can play, in order of their names.
    public var unfit: [UnfitSound]
    /// Sounds that could have been chosen and were not.
    public var left: Int
}

/// A pad for which there is no sound.
public struct EmptyPad: Equatable, Sendable {
    public let address: PadAddress
    /// What it is for: "kick", "loop".
    public let wanted: String
    /// Why nothing was found.
    public let reason: String
}

/// A sound no pad can play.
public struct UnfitSound: Equatable, Sendable {
    public let sample: String
    /// Why, and what to do.
    public let reason: String
}
