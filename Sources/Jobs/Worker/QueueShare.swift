/// How a worker serves a queue.
public struct QueueShare: Equatable, Sendable {
    public let queue: String
    /// Of the jobs that are started while several queues have some, so many parts are this one's; at least 1.
    public let weight: Int
    /// Jobs of this queue at once; nil for as many as the worker runs in all.
    public let concurrency: Int?

    public init(_ queue: String, weight: Int = 1, concurrency: Int? = nil) {
        (self.queue, self.weight, self.concurrency) = (queue, max(weight, 1), concurrency.map { max($0, 0) })
    }
}

/// Which queues a worker asks for how many jobs, so that each gets its share.
struct QueueBalance {
    private struct Account {
        let share: QueueShare
        var running = 0
        var turn = 0.0

        var stride: Double { 1 / Double(share.weight) }
    }

    private var accounts: [String: Account]
    private var running = 0
    private let concurrency: Int
    /// The turn that came last: a queue that had nothing to do has saved none up.
    private var now = 0.0

    init(_ shares: [QueueShare], concurrency: Int) {
        accounts = Dictionary(shares.map { ($0.queue, Account(share: $0)) }) { first, _ in first }
        self.concurrency = concurrency
    }

    var free: Int { max(concurrency - running, 0) }

    /// - Parameter ended: queues of jobs that are over, and still counted.
    func demands(after ended: [String]) -> [QueueDemand] {
        var balance = self
        for queue in ended { balance.end(queue) }
        return balance.demands
    }

    var demands: [QueueDemand] {
        accounts.values.sorted { $0.share.queue < $1.share.queue }.map { account in
            let most = account.share.concurrency.map { max($0 - account.running, 0) } ?? free
            var demand = QueueDemand(account.share.queue, atMost: min(most, free))
            (demand.turn, demand.stride) = (max(account.turn, now), account.stride)
            return demand
        }
    }

    mutating func start(_ queue: String) {
        running += 1
        guard var account = accounts[queue] else { return }
        now = max(account.turn, now)
        account.turn = now + account.stride
        account.running += 1
        accounts[queue] = account
    }

    mutating func end(_ queue: String) {
        running -= 1
        accounts[queue]?.running -= 1
    }
}
