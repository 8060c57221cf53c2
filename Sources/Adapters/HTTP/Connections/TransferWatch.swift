import NIOCore

/// Tells who gives or takes bytes too slowly, span by span of the time in which it is their turn.
struct TransferWatch {
    private let window: TimeAmount
    private let required: Int
    private var bytes = 0
    /// Of the present span, before `running`.
    private var spent = TimeAmount.nanoseconds(0)
    private var running: NIODeadline?

    /// - Parameter rate: bytes per second.
    init(rate: Int, window: Duration) {
        self.window = TimeAmount(window)
        let seconds = Double(self.window.nanoseconds) / 1e9
        required = max(1, Int(exactly: (Double(rate) * seconds).rounded()) ?? .max)
    }

    /// From now on it is the client's turn.
    mutating func start(at now: NIODeadline) {
        if running == nil { running = now }
    }

    /// The server's own time is not counted.
    mutating func stop(at now: NIODeadline) {
        guard let running else { return }
        spent = spent + (now - running)
        self.running = nil
    }

    mutating func count(_ bytes: Int) {
        self.bytes += bytes
    }

    /// Whether a span ended, and too few bytes came in it. Then begins the next one.
    mutating func isTooSlow(at now: NIODeadline) -> Bool {
        let elapsed = spent + (running.map { now - $0 } ?? .nanoseconds(0))
        guard elapsed >= window else { return false }
        defer {
            (bytes, spent) = (0, .nanoseconds(0))
            if running != nil { running = now }
        }
        return bytes < required
    }
}
