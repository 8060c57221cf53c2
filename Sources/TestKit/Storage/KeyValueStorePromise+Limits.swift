import Storage
import Testing

extension KeyValueStorePromise {
    static let limiting = [
        KeyValueStorePromise("of 64 connections at once exactly as many pass as the limit says") { store, clock in
            for (key, limit) in [
                ("window", RateLimit(10, per: .seconds(60))),
                ("bucket", RateLimit(10, per: .seconds(60), .tokenBucket(burst: 10))),
            ] {
                for _ in 0..<Rounds.count(2) {
                    #expect(await passed(64, key, limit, store, clock) == 10, "\(key)")
                    #expect(await passed(64, key, limit, store, clock) == 0, "\(key)")
                    clock.advance(by: .seconds(60))
                }
            }
        },
        KeyValueStorePromise("a limit above the crowd refuses nobody in it") { store, clock in
            let limit = RateLimit(1_000, per: .seconds(60))
            #expect(await passed(64, "crowd", limit, store, clock) == 64)
            #expect(await RateLimiter(store, clock: clock).look(at: "crowd", against: limit).remaining == 936)
        },
        KeyValueStorePromise("no window has more than its limit, wherever it begins") { store, clock in
            let limit = RateLimit(5, per: .milliseconds(1_000))
            var random = SplitMix64(seed: 11)
            var allowed: [Timestamp] = []
            for _ in 0..<300 {
                // A limiter of its own for each: as if every action came to a process just started.
                if await RateLimiter(store, clock: clock).count("ada", against: limit).isAllowed {
                    allowed.append(clock.now())
                }
                clock.advance(by: .milliseconds(Int.random(in: 0...150, using: &random)))
            }
            for (first, sixth) in zip(allowed, allowed.dropFirst(5)) { #expect(sixth - first >= .seconds(1)) }
            #expect(allowed.count > 50)
        },
        KeyValueStorePromise("a limit lasts through a restart, and ends with its window") { store, clock in
            let limit = RateLimit(1, per: .seconds(60))
            #expect(await RateLimiter(store, clock: clock).count("ada", against: limit).isAllowed)
            clock.advance(by: .milliseconds(59_999))
            let refusal = await RateLimiter(store, clock: clock).count("ada", against: limit)
            #expect(refusal.retryAfter == .milliseconds(1))
            clock.advance(by: .milliseconds(1))
            #expect(await RateLimiter(store, clock: clock).count("ada", against: limit).isAllowed)
        },
        KeyValueStorePromise("a clock that is set back neither lifts a limit nor makes it longer") { store, clock in
            for limit in [
                RateLimit(2, per: .seconds(60)), RateLimit(2, per: .seconds(60), .tokenBucket(burst: 2)),
            ] {
                let limiter = RateLimiter(store, clock: clock)
                for expected in [true, true, false] {
                    #expect(await limiter.count("ada", against: limit).isAllowed == expected)
                }
                clock.advance(by: .seconds(-86_400))
                let refusal = await limiter.count("ada", against: limit)
                let wait = try #require(refusal.retryAfter)
                #expect(wait <= .seconds(60))
                clock.advance(by: wait)
                #expect(await limiter.count("ada", against: limit).isAllowed)
                clock.advance(by: .seconds(600))
            }
        },
    ]

    /// How many of `count` who act at once, each through a limiter of its own, are let through.
    private static func passed(
        _ count: Int, _ key: String, _ limit: RateLimit, _ store: any KeyValueStore, _ clock: ManualClock
    ) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<count {
                group.addTask { await RateLimiter(store, clock: clock).count(key, against: limit).isAllowed }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }
}
