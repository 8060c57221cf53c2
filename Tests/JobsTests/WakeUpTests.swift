import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(30))) struct WakeUpTests {
    private let wakeUp = WakeUp()

    @Test func `a signal given before the wait is not missed`() async {
        let generation = wakeUp.generation
        wakeUp.signal()
        await wakeUp.wait(since: generation, atMost: .seconds(3_600))
    }

    @Test func `a signal wakes all who wait`() async {
        let generation = wakeUp.generation
        await withDiscardingTaskGroup { waiters in
            for _ in 0..<50 {
                waiters.addTask { await wakeUp.wait(since: generation, atMost: .seconds(3_600)) }
            }
            await Task.yield()
            wakeUp.signal()
        }
    }

    @Test func `a wait ends with its time`() async {
        await wakeUp.wait(since: wakeUp.generation, atMost: .zero)
    }

    @Test func `a cancelled wait returns`() async {
        await withDiscardingTaskGroup { waiters in
            for _ in 0..<50 {
                waiters.addTask { await wakeUp.wait(since: wakeUp.generation, atMost: .seconds(3_600)) }
            }
            await Task.yield()
            waiters.cancelAll()
        }
    }

    @Test func `signals and cancellations that cross leave nobody waiting`() async {
        for _ in 0..<500 {
            let waiter = Task { await wakeUp.wait(since: wakeUp.generation, atMost: .seconds(3_600)) }
            async let signal: Void = wakeUp.signal()
            waiter.cancel()
            await signal
            await waiter.value
        }
    }

    @Test func `nothing is kept once all waits are over`() async {
        weak var gone: WakeUp?
        do {
            let wakeUp = WakeUp()
            gone = wakeUp
            await wakeUp.wait(since: wakeUp.generation, atMost: .zero)
            wakeUp.signal()
        }
        #expect(gone == nil)
    }
}
