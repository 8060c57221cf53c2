import Storage
import Testing

extension KeyValueStorePromise {
    static let expiry = [
        KeyValueStorePromise("a value lives for its time, and not a millisecond longer") { store, clock in
            let (key, lasting) = (try KeyValueKey("brief"), try KeyValueKey("lasting"))
            try await store.put([1], for: key, expiresIn: .seconds(60))
            try await store.put([2], for: lasting, expiresIn: nil)
            clock.advance(by: .milliseconds(59_999))
            #expect(try await store.get(key) == [1])
            clock.advance(by: .milliseconds(1))
            #expect(try await store.get(key) == nil)
            clock.advance(by: .seconds(1_000_000_000))
            #expect(try await store.get(lasting) == [2])
        },
        KeyValueStorePromise("each put sets the time anew") { store, clock in
            let key = try KeyValueKey("brief")
            try await store.put([1], for: key, expiresIn: .seconds(60))
            clock.advance(by: .seconds(50))
            try await store.put([2], for: key, expiresIn: .seconds(60))
            clock.advance(by: .seconds(50))
            #expect(try await store.get(key) == [2])
            try await store.put([3], for: key, expiresIn: nil)
            clock.advance(by: .seconds(500))
            #expect(try await store.get(key) == [3])
        },
        KeyValueStorePromise("a life without end or without length does no harm") { store, clock in
            let key = try KeyValueKey("odd")
            try await store.put([1], for: key, expiresIn: .seconds(Int64.max))
            #expect(try await store.get(key) == [1])
            try await store.put([2], for: key, expiresIn: .zero)
            #expect(try await store.get(key) == nil)
            try await store.put([3], for: key, expiresIn: .seconds(-1))
            #expect(try await store.get(key) == nil)
        },
        KeyValueStorePromise("what has expired is not there for a comparison") { store, clock in
            let key = try KeyValueKey("lock")
            #expect(try await store.compareAndSet(key, from: nil, to: [1], expiresIn: .seconds(10)))
            #expect(try await !store.compareAndSet(key, from: nil, to: [2], expiresIn: .seconds(10)))
            clock.advance(by: .seconds(10))
            #expect(try await !store.compareAndSet(key, from: [1], to: [2], expiresIn: .seconds(10)))
            #expect(try await store.compareAndSet(key, from: nil, to: [3], expiresIn: .seconds(10)))
            clock.advance(by: .seconds(9))
            #expect(try await store.get(key) == [3])
        },
        KeyValueStorePromise("a counter keeps the life it began with, then starts at 0 again") { store, clock in
            let key = try KeyValueKey("visits")
            #expect(try await store.increment(key, by: 1, expiresIn: .seconds(60)) == 1)
            clock.advance(by: .seconds(59))
            #expect(try await store.increment(key, by: 5, expiresIn: .seconds(60)) == 6)
            clock.advance(by: .seconds(1))
            #expect(try await store.get(key) == nil)
            #expect(try await store.increment(key, by: 1, expiresIn: nil) == 1)
            clock.advance(by: .seconds(1_000_000))
            #expect(try await store.increment(key, by: -3, expiresIn: .seconds(1)) == -2)
            clock.advance(by: .seconds(1_000_000))
            #expect(try await store.increment(key, by: 0, expiresIn: nil) == -2)
        },
    ]
}
