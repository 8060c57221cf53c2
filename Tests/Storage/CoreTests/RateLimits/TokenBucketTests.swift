import StorageTestKit
import Testing

@testable import Storage

@Suite struct TokenBucketTests {
    private let start = Timestamp(milliseconds: 1_767_225_600_000)
    /// A token every 2 s, 5 at once.
    private let limit = RateLimit(30, per: .seconds(60), .tokenBucket(burst: 5))

    @Test func `a burst passes, then one as often as tokens flow in`() {
        var bucket = TokenBucket()
        for remaining in [4, 3, 2, 1, 0] {
            let verdict = bucket.count(at: start, against: limit)
            #expect(verdict == RateVerdict(limit: 5, remaining: remaining, reset: .seconds(2 * (5 - remaining))))
        }
        #expect(bucket.count(at: start, against: limit).retryAfter == .seconds(2))
        #expect(bucket.count(at: start + .milliseconds(1_999), against: limit).retryAfter == .milliseconds(1))
        #expect(bucket.count(at: start + .seconds(2), against: limit).isAllowed)
        #expect(!bucket.count(at: start + .seconds(2), against: limit).isAllowed)
    }

    @Test func `a bucket never holds more than its burst, however long nobody came`() {
        var bucket = TokenBucket()
        _ = bucket.count(at: start, against: limit)
        let later = start + .seconds(366 * 86_400)
        #expect((0..<10).count { _ in bucket.count(at: later, against: limit).isAllowed } == 5)
        var largest = TokenBucket()
        let most = RateLimit(1_000_000, per: .seconds(366 * 86_400), .tokenBucket(burst: 1_000_000))
        for moment in [Int64.min, 0, .max] {
            #expect(largest.count(at: Timestamp(milliseconds: moment), against: most).isAllowed)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `in any stretch of time a burst passes, and what flowed in meanwhile`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (rate, burst) = (Int.random(in: 1...100, using: &random), Int.random(in: 1...20, using: &random))
        let limit = RateLimit(rate, per: .seconds(7), .tokenBucket(burst: burst))
        var (bucket, now, allowed) = (TokenBucket(), start, [Timestamp]())
        for _ in 0..<500 {
            let verdict = bucket.count(at: now, against: limit)
            if verdict.isAllowed { allowed.append(now) }
            if let wait = verdict.retryAfter, Bool.random(using: &random) {
                now = now + wait
                #expect(bucket.look(at: now, against: limit).isAllowed)
            }
            now = now + .milliseconds(Int.random(in: 0...100, using: &random))
        }
        for (index, first) in allowed.enumerated() {
            for (number, last) in allowed[index...].enumerated() {
                let flowed = (last - first).wholeMilliseconds * Int64(rate) / 7_000
                #expect(Int64(number) < Int64(burst) + flowed + 1)
            }
        }
    }

    @Test func `a clock set back by a day does not make anybody wait for a day`() {
        var bucket = TokenBucket()
        for _ in 0..<5 { _ = bucket.count(at: start, against: limit) }
        let earlier = start - .seconds(86_400)
        #expect(bucket.count(at: earlier, against: limit).retryAfter == .seconds(2))
        #expect(bucket.count(at: earlier + .seconds(2), against: limit).isAllowed)
    }
}
