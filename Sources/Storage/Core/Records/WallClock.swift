import Foundation

/// Tells the time of day. Injected everywhere, so that a test or a simulation owns it.
public protocol WallClock: Sendable {
    func now() -> Timestamp
}

/// The machine's clock.
public struct SystemClock: WallClock {
    public init() {}

    public func now() -> Timestamp { Timestamp(Date()) }
}
