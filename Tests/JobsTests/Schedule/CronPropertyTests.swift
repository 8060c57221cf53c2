import Jobs
import Storage
import StorageTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(Rounds.minutes))) struct CronPropertyTests {
    @Test(arguments: 1...UInt64(Rounds.count(150)))
    func `slots are those that a walk over every minute finds`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let brute = try #require(BruteForceCron(using: &random))
        let cron: CronExpression
        do throws(CronError) {
            cron = try CronExpression(brute.text, in: brute.zoneName)
        } catch {
            guard case .neverFires = error else { throw error }
            return
        }
        let (start, count) = (brute.start(using: &random), 4 * 1440)
        let expected = brute.slots(from: start, count: count).map(moment)
        let (before, end) = (moment(start) - .milliseconds(1), moment(start + count))

        var (found, last) = ([Timestamp](), before)
        while let slot = cron.next(after: last), slot < end {
            found.append(slot)
            last = slot
        }
        #expect(found == expected, "\(brute) from \(moment(start))")

        var (backwards, first) = ([Timestamp](), end)
        while let slot = cron.previous(before: first), slot > before {
            backwards.append(slot)
            first = slot
        }
        #expect(backwards.reversed() == expected, "\(brute) from \(moment(start)), backwards")
    }

    private func moment(_ minute: Int) -> Timestamp { Timestamp(milliseconds: Int64(minute) * 60_000) }
}
