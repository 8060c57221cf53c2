import Jobs
import Storage
import StorageTestKit
import Testing

@Suite struct DeliveryScheduleTests {
    private let usual = DeliverySchedule.usual(for: .webhook)

    @Test func `the waits are those of the table`() {
        let waits = (1...15).map { usual.wait(afterFailure: $0, .passing(""), jitter: 0) }
        let seconds: [Int?] = [
            1, 2, 4, 30, 300, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400, nil,
        ]
        #expect(waits == seconds.map { $0.map { Duration.seconds($0) } })
        #expect(usual.attempts == 15)
        let hours = usual.waits.reduce(.zero, +) / .seconds(3_600)
        #expect(abs(hours - 51.93) < 0.01)
        #expect(DeliverySchedule.usual(for: .email) == usual)
        #expect(DeliverySchedule.usual(for: .sms).waits == Array(usual.waits.prefix(10)))
    }

    @Test func `after the first minute, what failed is tried again within five minutes, three times at least`() {
        #expect(usual.waits.prefix(6).allSatisfy { $0 <= .seconds(300) })
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a wait is at most what the table says, and at most a quarter less`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for failure in 1...14 {
            let jitter = Double.random(in: 0...1, using: &random)
            let wait = try #require(usual.wait(afterFailure: failure, .passing(""), jitter: jitter))
            #expect(wait <= usual.waits[failure - 1])
            #expect(wait >= usual.waits[failure - 1] * 0.75)
        }
    }

    @Test func `a receiver may ask for a longer wait, not for a shorter one, and for a day at most`() {
        func wait(_ asked: Duration, afterFailure failure: Int = 1, jitter: Double = 0) -> Duration? {
            usual.wait(afterFailure: failure, .later(after: asked, ""), jitter: jitter)
        }
        #expect(wait(.seconds(60)) == .seconds(60))
        #expect(wait(.seconds(60), jitter: 1) == .seconds(75))
        #expect(wait(.zero) == .seconds(1))
        #expect(wait(.seconds(-60)) == .seconds(1))
        #expect(wait(.seconds(60), afterFailure: 5) == .seconds(300))
        #expect(wait(.seconds(1_000_000)) == .seconds(86_400))
        #expect(wait(.seconds(60), afterFailure: 15) == nil)
    }

    @Test func `what cannot pass is not waited for`() {
        #expect(usual.wait(afterFailure: 1, .final(""), jitter: 0) == nil)
    }

    @Test func `an empty schedule makes one attempt`() {
        let once = DeliverySchedule(waits: [])
        #expect(once.attempts == 1)
        #expect(once.wait(afterFailure: 1, .passing(""), jitter: 0) == nil)
    }

    @Test func `a reason is one line of bounded length`() {
        let reason = DeliveryFailure.passing(String(repeating: "a\r\n\0", count: 400)).reason
        #expect(reason.count == 500)
        #expect(reason.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }
}
