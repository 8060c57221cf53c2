import StorageTestKit
import Testing

@testable import Storage

@Suite struct SlidingWindowTests {
    private let start = Timestamp(milliseconds: 1_767_225_600_000)
    private let limit = RateLimit(3, per: .seconds(60))

    @Test func `so many pass, then none until the first is as old as the window`() {
        var window = SlidingWindow()
        for (second, remaining) in [(0, 2), (20, 1), (50, 0)] {
            let verdict = window.count(at: start + .seconds(second), against: limit)
            #expect(verdict == RateVerdict(limit: 3, remaining: remaining, reset: .seconds(60)))
        }
        #expect(window.count(at: start + .milliseconds(59_999), against: limit).retryAfter == .milliseconds(1))
        #expect(window.count(at: start + .seconds(60), against: limit).isAllowed)
        let refusal = window.count(at: start + .seconds(61), against: limit)
        #expect(refusal == RateVerdict(limit: 3, remaining: 0, reset: .seconds(59), retryAfter: .seconds(19)))
    }

    @Test func `the edge between two minutes is no way to twice the limit`() {
        var window = SlidingWindow()
        let edge = start + .seconds(60)
        for _ in 0..<3 { #expect(window.count(at: edge - .milliseconds(1), against: limit).isAllowed) }
        for later in [0, 1, 30_000, 59_998] {
            #expect(!window.count(at: edge + .milliseconds(later), against: limit).isAllowed)
        }
        #expect(window.count(at: edge + .milliseconds(59_999), against: limit).isAllowed)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no window has more than its limit, and the state stays small`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let limit = RateLimit(
            .random(in: 1...200, using: &random), per: .milliseconds(Int.random(in: 1...5_000, using: &random)))
        var (window, now, allowed) = (SlidingWindow(), start, [Timestamp]())
        for _ in 0..<2_000 {
            if window.count(at: now, against: limit).isAllowed { allowed.append(now) }
            #expect(window.entries.count <= 65)
            #expect(SlidingWindow(text: window.text) == window)
            now = now + .milliseconds(Int.random(in: 0...30, using: &random))
        }
        for (first, next) in zip(allowed, allowed.dropFirst(limit.count)) { #expect(next - first >= limit.window) }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `who waits as told is let in`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let limit = RateLimit(.random(in: 1...50, using: &random), per: .seconds(60))
        var (window, now) = (SlidingWindow(), start)
        for _ in 0..<500 {
            let looked = window.look(at: now, against: limit)
            let verdict = window.count(at: now, against: limit)
            #expect(looked.isAllowed == verdict.isAllowed && looked.retryAfter == verdict.retryAfter)
            if let wait = verdict.retryAfter {
                #expect(wait > .zero && wait <= .seconds(60))
                now = now + wait
                #expect(window.count(at: now, against: limit).isAllowed)
            }
            now = now + .milliseconds(Int.random(in: 0...2_000, using: &random))
        }
    }

    @Test func `a limit of nothing allows nothing`() {
        var window = SlidingWindow()
        let verdict = window.count(at: start, against: RateLimit(0, per: .seconds(60)))
        #expect(verdict == RateVerdict(limit: 0, remaining: 0, reset: .zero, retryAfter: .seconds(60)))
    }

    @Test func `a clock set back by a day does not make anybody wait for a day`() {
        var window = SlidingWindow()
        for _ in 0..<3 { _ = window.count(at: start, against: limit) }
        let earlier = start - .seconds(86_400)
        #expect(window.count(at: earlier, against: limit).retryAfter == .seconds(60))
        #expect(window.count(at: earlier + .seconds(60), against: limit).isAllowed)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `two clocks that disagree count no more than one, and keep no more`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let limit = RateLimit(1_000, per: .seconds(10))
        var (window, now, allowed) = (SlidingWindow(), start, [Timestamp]())
        for _ in 0..<5_000 {
            let shown = now + .milliseconds(Int.random(in: 0...1, using: &random) * 700)
            if window.count(at: shown, against: limit).isAllowed { allowed.append(now) }
            #expect(window.entries.count <= 65)
            now = now + .milliseconds(Int.random(in: 0...5, using: &random))
        }
        // By the true time, the limit holds but for what the clocks are apart.
        for (first, next) in zip(allowed, allowed.dropFirst(limit.count)) {
            #expect(next - first >= .milliseconds(9_300))
        }
    }

    @Test func `the end of time is only another moment`() {
        var window = SlidingWindow()
        for moment in [Int64.min, .max, 0] {
            _ = window.count(at: Timestamp(milliseconds: moment), against: limit)
        }
        #expect(window.entries.count <= 3)
    }
}
