/// A promise that was not kept, and how to see it again.
public struct Violation: Error, Equatable, Sendable {
    public let seed: UInt64
    /// After the last one, in which all that is left is done, it is that.
    public let step: Int
    /// What happened, to what.
    public let what: String
    /// On which of the engines.
    public let store: String

    public init(seed: UInt64, step: Int, what: String, store: String) {
        (self.seed, self.step, self.what, self.store) = (seed, step, what, store)
    }
}

extension Violation: CustomStringConvertible {
    public var description: String {
        "seed \(seed), step \(step): \(what); to see it again: \(replay)"
    }

    /// The command that runs the seed once more, and prints all that happens.
    public var replay: String { "make simulate REPLAY=\(seed)\(store == "memory" ? "" : " STORE=\(store)")" }
}
