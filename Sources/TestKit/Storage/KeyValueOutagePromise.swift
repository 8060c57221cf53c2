import Storage
import Testing

/// One thing that holds while a ``KeyValueStore`` is down, and how it is checked: a cache that is away costs time, never the
/// service.
public struct KeyValueOutagePromise: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    /// Takes a store that does not answer.
    public let check: @Sendable (any KeyValueStore) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (any KeyValueStore) async throws -> Void) {
        (testDescription, self.check) = (promise, check)
    }

    public static let all = [
        KeyValueOutagePromise("every call says that the store did not answer") { store in
            let key = try KeyValueKey("take")
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await store.get(key) },
                { try await store.put([1], for: key, expiresIn: nil) },
                { try await store.delete(key) },
                { _ = try await store.compareAndSet(key, from: nil, to: [1], expiresIn: nil) },
                { _ = try await store.increment(key, by: 1, expiresIn: nil) },
                { _ = try await store.generation(of: "charts") },
            ]
            for call in calls {
                let error = await #expect(throws: KeyValueError.self) { try await call() }
                guard case .unavailable = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        },
        KeyValueOutagePromise("a cached value is made as if none had been kept") { store in
            let cache = ReadThroughCache<Int>(store, family: "charts", expiresIn: .seconds(60))
            for number in 1...2 {
                let value = try await cache.value(for: "top") { number }
                #expect(value == number)
            }
            await cache.drop("top")
        },
        KeyValueOutagePromise("a limit refuses nobody, unless it is told to") { store in
            let (limiter, limit) = (RateLimiter(store, clock: ManualClock()), RateLimit(1, per: .seconds(60)))
            for _ in 0..<3 {
                #expect(await limiter.count("ada", against: limit).isAllowed)
                #expect(await limiter.look(at: "ada", against: limit).isAllowed)
                #expect(await !limiter.count("ada", against: limit, whenDown: .refuse).isAllowed)
                #expect(await !limiter.look(at: "ada", against: limit, whenDown: .refuse).isAllowed)
            }
        },
        KeyValueOutagePromise("a limit may be counted in the process meanwhile") { store in
            let (limiter, limit) = (RateLimiter(store, clock: ManualClock()), RateLimit(2, per: .seconds(60)))
            for expected in [true, true, false] {
                #expect(await limiter.look(at: "ada", against: limit, whenDown: .countHere).isAllowed == expected)
                #expect(await limiter.count("ada", against: limit, whenDown: .countHere).isAllowed == expected)
            }
            #expect(await limiter.count("grace", against: limit, whenDown: .countHere).isAllowed)
        },
    ]
}
