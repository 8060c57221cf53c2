import Synchronization

/// How the parts were a moment ago: monitors and proxies ask often, and each look is a question to the database and the store.
final class HealthMemory: Sendable {
    typealias Parts = [Health.Part: Bool]

    /// So long an answer is given again.
    static let life = Duration.seconds(2)
    /// So long it is while somebody is looking anew, which takes its time where a part is away.
    static let patience = Duration.seconds(10)

    private struct State {
        var last: (parts: Parts, at: ContinuousClock.Instant)?
        var isBeingRenewed = false
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    /// - Parameter look: of one caller at a time, as long as the last answer is not too old for the others.
    func parts(_ look: () async -> Parts) async -> Parts {
        if let known { return known }
        let parts = await look()
        // One who went away meanwhile has seen nothing: what it asked was cancelled.
        let isSeen = !Task.isCancelled
        state.withLock { state in
            if isSeen { state.last = (parts, now()) }
            state.isBeingRenewed = false
        }
        return parts
    }

    /// Nil where the caller is to look.
    private var known: Parts? {
        state.withLock { state in
            let life = state.isBeingRenewed ? Self.patience : Self.life
            if let last = state.last, now() - last.at < life { return last.parts }
            state.isBeingRenewed = true
            return nil
        }
    }
}
