import Storage
import Testing

@testable import Jobs

@Suite struct QueueBalanceTests {
    /// Queues that always have work: what is started when a place is free.
    private func starts(_ count: Int, of queues: Set<String>, in balance: inout QueueBalance) -> [String: Int] {
        var (started, number) = ([String: Int](), 0)
        while number < count {
            let lines = balance.demands.filter { queues.contains($0.queue) }.map { demand in
                QueueDemand.Line(demand, (0..<demand.limit).map { _ in ready(in: demand.queue) })
            }
            let jobs = QueueDemand.merge(lines, balance.free)
            guard !jobs.isEmpty else { break }
            for job in jobs {
                balance.start(job.kind)
                balance.end(job.kind)
                (started[job.kind, default: 0], number) = (started[job.kind, default: 0] + 1, number + 1)
            }
        }
        return started
    }

    private func ready(in queue: String) -> ReadyJob {
        ReadyJob(id: .random(), kind: queue, priority: 0, turn: Timestamp(milliseconds: 0))
    }

    @Test(arguments: [1, 2, 7, 100])
    func `each queue gets its share of what is started`(slots: Int) {
        var balance = QueueBalance([QueueShare("pro", weight: 3), QueueShare("free")], concurrency: slots)
        let started = starts(4000, of: ["pro", "free"], in: &balance)
        let part = Double(started["free"] ?? 0) / Double((started["free"] ?? 0) + (started["pro"] ?? 0))
        #expect(abs(part - 0.25) < 0.01, "\(started)")
    }

    @Test func `a queue without work leaves its share to others, and saves none of it up`() {
        var balance = QueueBalance([QueueShare("pro", weight: 3), QueueShare("free")], concurrency: 2)
        #expect(starts(1000, of: ["free"], in: &balance) == ["free": 1000])
        let started = starts(400, of: ["pro", "free"], in: &balance)
        #expect(abs((started["free"] ?? 0) - 100) < 5, "\(started)")
    }

    @Test func `a queue is not asked for more than may run at once`() {
        var balance = QueueBalance([QueueShare("stems", concurrency: 1), QueueShare("tune")], concurrency: 4)
        #expect(balance.demands.map(\.limit) == [1, 4])
        balance.start("stems")
        balance.start("tune")
        #expect(balance.demands.map(\.limit) == [0, 2])
        #expect(balance.free == 2)
        balance.end("stems")
        #expect(balance.demands.map(\.limit) == [1, 3])
    }

    @Test func `of queues whose turns are equal, the one goes first whose job is`() {
        let early = ReadyJob(id: .random(), kind: "a", priority: 0, turn: Timestamp(milliseconds: 1))
        let urgent = ReadyJob(id: .random(), kind: "b", priority: 1, turn: Timestamp(milliseconds: 9))
        let late = ReadyJob(id: .random(), kind: "c", priority: 0, turn: Timestamp(milliseconds: 2))
        let lines = [("c", late), ("a", early), ("b", urgent)].map { queue, job in
            QueueDemand.Line(QueueDemand(queue, atMost: 1), [job])
        }
        #expect(QueueDemand.merge(lines, 9) == [urgent, early, late])
        #expect(QueueDemand.merge(lines, 1) == [urgent])
    }
}
