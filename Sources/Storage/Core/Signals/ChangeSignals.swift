/// Tells, in this process and others, that there may be something new: what workers, sockets and readers of a log wait for
/// instead of asking often.
///
/// A signal carries nothing; it means "look again". Those that come while a subscriber is busy become one, and one may
/// come without cause, as after a connection was lost, but none is missed: whoever looks after each signal sees every
/// change that was kept. `ChangeSignalsPromise` checks each of these. Only a process that dies between its commit and
/// telling of it, or never learns that it was kept, may tell nobody: ``signals(on:orEvery:)`` is for those who must not wait
/// for ever.
///
/// ```swift
/// for await _ in signals.signals(on: topic) {
///     last = try await show(log.entries(after: last))
/// }
/// ```
public protocol ChangeSignals: Sendable {
    /// Tells the subscribers of `topic` once the transaction is kept, and never if it is not.
    func signal(_ topic: SignalTopic, in session: any WriteSession) throws(DatabaseError)

    /// The first signal comes at once, so that what was there before is looked at; the subscription ends when it is no
    /// longer iterated.
    func signals(on topic: SignalTopic) -> AsyncStream<Void>
}

/// What a signal is about, as `jobs` or `events:user/17`: 1…256 bytes of UTF-8 without zero bytes.
public struct SignalTopic: Hashable, Sendable {
    public static let longest = 256

    public let text: String

    /// Nil for a text that is none.
    public init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        self.text = text
    }

    /// - Parameter text: made by the program, not from outside.
    package init(wellFormed text: String) {
        precondition((1...Self.longest).contains(text.utf8.count), "a signal's topic has 1 to \(Self.longest) bytes")
        self.text = text
    }

    // By bytes, as the server compares: `String` takes two spellings of one letter for the same.
    public static func == (a: SignalTopic, b: SignalTopic) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
