import Jobs
import Testing

@Suite struct RetryPolicyTests {
    @Test(arguments: zip([0, 1, 2, 3, 4, 5, 6, 7, 8, 31, 1_000, .max], [1, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]))
    func `each failure doubles the wait, up to a minute`(failure: Int, seconds: Int) {
        #expect(RetryPolicy().delay(afterFailure: failure, jitter: 0) == .seconds(seconds))
    }

    @Test(arguments: 1...20)
    func `jitter takes up to a quarter off, never more, and adds nothing`(failure: Int) {
        let policy = RetryPolicy()
        let full = policy.delay(afterFailure: failure, jitter: 0)
        let waits = (0...100).map { policy.delay(afterFailure: failure, jitter: Double($0) / 100) }
        #expect(waits.allSatisfy { (full * 3 / 4...full).contains($0) })
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 > $1 })
        #expect(waits.last == full * 3 / 4)
        #expect(policy.delay(afterFailure: failure, jitter: -1) == full)
        #expect(policy.delay(afterFailure: failure, jitter: 2) == full * 3 / 4)
    }
}
