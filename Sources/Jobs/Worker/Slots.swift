import Synchronization

/// The slots of a worker, in each of which one job runs after another.
///
/// One claim at a time fills them: two could each take what there is room for once.
final class Slots: Sendable {
    /// What a claim may take.
    struct Vacancy {
        let demands: [QueueDemand]
        let limit: Int
    }

    private struct State {
        var balance: QueueBalance
        var isOpen = false
        var isClaiming = false
        /// Somebody found a claim under way, and waits for its end.
        var isAwaited = false
    }

    private let state: Mutex<State>
    private let wakeUp: WakeUp

    /// - Parameter wakeUp: signalled when there may be room for jobs that nobody took.
    init(_ configuration: Worker.Configuration, _ wakeUp: WakeUp) {
        state = Mutex(State(balance: QueueBalance(configuration.queues, concurrency: configuration.concurrency)))
        self.wakeUp = wakeUp
    }

    /// Begins a claim for the slots that are free; ``endClaim(_:)`` ends it.
    ///
    /// - Returns: nil when none is, and while another claim is under way.
    func claim() -> Vacancy? {
        claim(after: []) { $0.free }
    }

    /// Begins a claim for the slots of jobs that are over.
    ///
    /// - Parameter ended: their queues.
    func claim(after ended: [String]) -> Vacancy? {
        claim(after: ended) { _ in ended.count }
    }

    private func claim(after ended: [String], upTo limit: (QueueBalance) -> Int) -> Vacancy? {
        state.withLock { state in
            guard state.isOpen, !state.isClaiming else {
                state.isAwaited = state.isClaiming
                return nil
            }
            let (limit, demands) = (limit(state.balance), state.balance.demands(after: ended))
            guard limit > 0, demands.contains(where: { $0.limit > 0 }) else { return nil }
            state.isClaiming = true
            return Vacancy(demands: demands.filter { $0.limit > 0 }, limit: min(limit, JobQueue.largestClaim))
        }
    }

    /// - Parameter taken: the queue of each job that the claim got.
    func endClaim(_ taken: [String]) {
        let isAwaited = state.withLock { state in
            for queue in taken { state.balance.start(queue) }
            defer { (state.isClaiming, state.isAwaited) = (false, false) }
            return state.isAwaited
        }
        if isAwaited { wakeUp.signal() }
    }

    /// A job of the queue is over.
    func end(_ queue: String) {
        state.withLock { $0.balance.end(queue) }
    }

    /// Whether anything is claimed.
    var isOpen: Bool {
        get { state.withLock(\.isOpen) }
        set { state.withLock { $0.isOpen = newValue } }
    }
}
