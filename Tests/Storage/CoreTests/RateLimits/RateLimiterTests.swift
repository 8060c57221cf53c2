import StorageTestKit
import Testing

@testable import Storage

@Suite struct RateLimiterTests {
    private let clock = ManualClock()
    private let limit = RateLimit(3, per: .seconds(60))

    @Test func `each key, each length and each kind of limit is counted for itself`() async {
        let limiter = RateLimiter(MemoryKeyValueStore(clock: clock), clock: clock)
        let once = RateLimit(1, per: .seconds(10))
        #expect(await limiter.count("ada", against: once).remaining == 0)
        #expect(await limiter.count("grace", against: once).remaining == 0)
        #expect(await limiter.count("ada", against: limit).remaining == 2)
        let bucket = RateLimit(3, per: .seconds(60), .tokenBucket(burst: 3))
        #expect(await limiter.count("ada", against: bucket).remaining == 2)
        #expect(await limiter.count(String(repeating: "x", count: 5000), against: once).isAllowed)
        #expect(await limiter.count("ada", against: once).retryAfter == .seconds(10))
    }

    @Test func `looking counts nothing`() async {
        let limiter = RateLimiter(MemoryKeyValueStore(clock: clock), clock: clock)
        for _ in 0..<10 { #expect(await limiter.look(at: "ada", against: limit).remaining == 3) }
        for _ in 0..<3 { _ = await limiter.count("ada", against: limit) }
        #expect(await limiter.look(at: "ada", against: limit).retryAfter == .seconds(60))
    }

    @Test(arguments: ["", "nonsense", "1:", "1:-5", "1:0", "1:99999999999", "\u{0}", "1:2:3", "9223372036854775807:7"])
    func `what a store keeps of another version does no harm`(text: String) async throws {
        for limit in [limit, RateLimit(3, per: .seconds(60), .tokenBucket(burst: 3))] {
            let store = MemoryKeyValueStore(clock: clock)
            let name = try KeyValueKey("rate:\(Checksum.sha256("ada")):\(limit.kind)")
            try await store.put(Array(text.utf8), for: name, expiresIn: nil)
            let limiter = RateLimiter(store, clock: clock)
            _ = await limiter.count("ada", against: limit)
            clock.advance(by: .seconds(60))
            #expect(await limiter.count("ada", against: limit).isAllowed)
        }
    }

    @Test func `what is kept can be read again`() {
        var window = SlidingWindow()
        for second in [0, 1, 1, 40] {
            _ = window.count(at: clock.now() + .seconds(second), against: .init(9, per: .seconds(60)))
        }
        #expect(SlidingWindow(text: window.text) == window)
        var bucket = TokenBucket()
        _ = bucket.count(at: clock.now(), against: .init(9, per: .seconds(60), .tokenBucket(burst: 4)))
        #expect(TokenBucket(text: bucket.text) == bucket)
        #expect(TokenBucket(text: "") == TokenBucket() && SlidingWindow(text: "") == SlidingWindow())
    }

    @Test func `a crowd that nobody gets through is refused, whatever is said of outages`() async {
        let limiter = RateLimiter(ContendedKeyValueStore(), clock: clock)
        for outage in [RateLimiter.Outage.allow, .countHere, .refuse] {
            #expect(await !limiter.count("ada", against: limit, whenDown: outage).isAllowed)
        }
    }
}

@Suite struct RateRuleTests {
    private let clock = ManualClock()
    private let once = RateLimit(1, per: .seconds(60))

    @Test func `a rule counts each combination of its aspects for itself`() async {
        let limiter = RateLimiter(MemoryKeyValueStore(clock: clock), clock: clock)
        let rule = RateRule("uploads", once, per: [.account, .route])
        let action = RateAction(address: "192.0.2.1", account: "ada", route: "/api/upload")
        #expect(await limiter.count(action, against: [rule])?.isAllowed == true)
        var elsewhere = action
        elsewhere.address = "198.51.100.7"
        #expect(await limiter.count(elsewhere, against: [rule])?.isAllowed == false)
        elsewhere.route = "/api/process"
        #expect(await limiter.count(elsewhere, against: [rule])?.isAllowed == true)
        #expect(await limiter.count(action, against: [RateRule("others", once, per: [.account])])?.isAllowed == true)
    }

    @Test func `a rule does not concern who has nothing that it counts by`() async {
        let limiter = RateLimiter(MemoryKeyValueStore(clock: clock), clock: clock)
        let rules = [RateRule("accounts", once, per: [.account])]
        for _ in 0..<3 { #expect(await limiter.count(RateAction(address: "192.0.2.1"), against: rules) == nil) }
    }

    @Test func `a rule without aspects counts everybody together`() async {
        let limiter = RateLimiter(MemoryKeyValueStore(clock: clock), clock: clock)
        let rules = [RateRule("all", once, per: [])]
        #expect(await limiter.count(RateAction(account: "ada"), against: rules)?.isAllowed == true)
        #expect(await limiter.count(RateAction(account: "grace"), against: rules)?.isAllowed == false)
    }

    @Test func `no value of one aspect is taken for another`() {
        let rule = RateRule("r", once, per: [.account, .address])
        let keys = [
            RateAction(address: "a", account: "b"), RateAction(address: "b", account: "a"),
            RateAction(address: "a\naccount 1 b", account: "b"), RateAction(address: "", account: "ab"),
        ].map { rule.key(of: $0) }
        #expect(Set(keys).count == keys.count)
    }

    @Test func `the refusal is told, else what has the least left`() async {
        let limiter = RateLimiter(MemoryKeyValueStore(clock: clock), clock: clock)
        let rules = [
            RateRule("address", RateLimit(5, per: .seconds(60)), per: [.address]),
            RateRule("account", RateLimit(3, per: .seconds(60)), per: [.account]),
        ]
        let action = RateAction(address: "192.0.2.1", account: "ada")
        for remaining in [2, 1, 0] {
            let verdict = await limiter.count(action, against: rules)
            #expect(verdict?.limit == 3 && verdict?.remaining == remaining)
        }
        #expect(await limiter.count(action, against: rules)?.isAllowed == false)
    }

    @Test func `each rule says what happens while the store is down`() async {
        let limiter = RateLimiter(DownKeyValueStore(), clock: clock)
        let action = RateAction(account: "ada")
        for (outage, passes) in [(RateLimiter.Outage.allow, 5), (.refuse, 0), (.countHere, 1)] {
            let rule = RateRule("\(outage)", once, per: [.account], whenDown: outage)
            var passed = 0
            for _ in 0..<5 where await limiter.count(action, against: [rule])?.isAllowed == true { passed += 1 }
            #expect(passed == passes, "\(outage)")
        }
    }
}

/// One in which somebody else is always faster.
private struct ContendedKeyValueStore: KeyValueStore {
    func get(_ key: KeyValueKey) async throws(KeyValueError) -> [UInt8]? { nil }

    func put(_ value: [UInt8], for key: KeyValueKey, expiresIn life: Duration?) async throws(KeyValueError) {}

    func delete(_ key: KeyValueKey) async throws(KeyValueError) {}

    func compareAndSet(
        _ key: KeyValueKey, from expected: [UInt8]?, to value: [UInt8], expiresIn life: Duration?
    ) async throws(KeyValueError) -> Bool { false }

    func increment(
        _ key: KeyValueKey, by amount: Int, expiresIn life: Duration?
    ) async throws(KeyValueError) -> Int { 0 }
}
