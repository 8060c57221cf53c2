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
        /// Who fills free slots found a claim under way, and waits for its end.
        var isAwaited = false

        mutating func vacancy(after ended: [String], atMost limit: Int) -> Vacancy? {
            let demands = balance.demands(after: ended).filter { $0.limit > 0 }
            guard isOpen, !isClaiming, limit > 0, !demands.isEmpty else { return nil }
            isClaiming = true
            return Vacancy(demands: demands, limit: min(limit, JobQueue.largestClaim))
        }
    }

    private let state: Mutex<State>
    private let wakeUp: WakeUp

    /// - Parameter wakeUp: signalled when there may be room for jobs that nobody took.
    init(_ configuration: Worker.Configuration, _ wakeUp: WakeUp) {
        state = Mutex(State(balance: QueueBalance(configuration.queues, concurrency: configuration.concurrency)))
        self.wakeUp = wakeUp
    }

    /// Begins a claim for the slots that are free; ``endClaim(taking:after:)`` ends it.
    ///
    /// - Returns: nil when none is, and while another claim is under way: then the next is kept for who asked.
    func beginClaim() -> Vacancy? {
        state.withLock { state in
            state.isAwaited = state.isClaiming && state.balance.free > 0
            return state.vacancy(after: [], atMost: state.balance.free)
        }
    }

    /// Begins a claim for the slots of jobs that are over.
    ///
    /// - Parameter ended: their queues.
    func beginClaim(after ended: [String]) -> Vacancy? {
        state.withLock { state in state.isAwaited ? nil : state.vacancy(after: ended, atMost: ended.count) }
    }

    /// - Parameters:
    ///   - taken: the queue of each job that the claim got.
    ///   - ended: those of the jobs whose slots they go on in, the first in the first's.
    func endClaim(taking taken: [String], after ended: [String] = []) {
        let isAwaited = state.withLock { state in
            for queue in ended.prefix(taken.count) { state.balance.end(queue) }
            for queue in taken { state.balance.start(queue) }
            state.isClaiming = false
            return state.isAwaited
        }
        if isAwaited { wakeUp.signal() }
    }

    /// A job of the queue is over, and none goes on in its slot.
    func end(_ queue: String) {
        state.withLock { $0.balance.end(queue) }
    }

    /// Whether anything is claimed.
    var isOpen: Bool {
        get { state.withLock(\.isOpen) }
        set { state.withLock { $0.isOpen = newValue } }
    }
}
