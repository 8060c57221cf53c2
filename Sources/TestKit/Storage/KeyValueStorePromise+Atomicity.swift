import Storage
import Testing

extension KeyValueStorePromise {
    static let atomicity = [
        KeyValueStorePromise("a comparison puts only over the expected value") { store, _ in
            let key = try KeyValueKey("state")
            #expect(try await !store.compareAndSet(key, from: [1], to: [2], expiresIn: nil))
            #expect(try await store.get(key) == nil)
            #expect(try await store.compareAndSet(key, from: nil, to: [], expiresIn: nil))
            #expect(try await !store.compareAndSet(key, from: nil, to: [9], expiresIn: nil))
            #expect(try await store.compareAndSet(key, from: [], to: [1], expiresIn: nil))
            #expect(try await !store.compareAndSet(key, from: [], to: [9], expiresIn: nil))
            #expect(try await store.get(key) == [1])
        },
        KeyValueStorePromise("of 50 who compare and set at once, exactly one does") { store, _ in
            let rounds = Rounds.count(2)
            for round in 0..<rounds {
                let key = try KeyValueKey("claim \(round)")
                let present: [UInt8]? = round.isMultiple(of: 2) ? nil : [200]
                if let present { try await store.put(present, for: key, expiresIn: nil) }
                let winners = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                    for number in 0..<50 as Range<UInt8> {
                        group.addTask {
                            try await store.compareAndSet(key, from: present, to: [number], expiresIn: nil)
                                ? [number] : []
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(winners.count == 1)
                #expect(try await store.get(key) == winners)
            }
            Rounds.report("\(rounds) rounds of 50 who set a key of \(type(of: store)) at once: one winner each")
        },
        KeyValueStorePromise("100 who count at once lose no count, and each sees another one") { store, _ in
            let key = try KeyValueKey("plays")
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 { group.addTask { try await store.increment(key, by: 1, expiresIn: nil) } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(counts == Set(1...100))
            #expect(try await store.increment(key, by: 0, expiresIn: nil) == 100)
        },
        KeyValueStorePromise("a value that is not a counter, or would leave its range, is left alone") { store, _ in
            let (word, high) = (try KeyValueKey("word"), try KeyValueKey("high"))
            for value in [Array("seven".utf8), [], [0xFF], Array("99999999999999999999".utf8)] {
                try await store.put(value, for: word, expiresIn: nil)
                await #expect(throws: KeyValueError.notACounter("word")) {
                    try await store.increment(word, by: 1, expiresIn: nil)
                }
                #expect(try await store.get(word) == value)
            }
            #expect(try await store.increment(high, by: .max, expiresIn: nil) == .max)
            await #expect(throws: KeyValueError.notACounter("high")) {
                try await store.increment(high, by: 1, expiresIn: nil)
            }
            #expect(try await store.increment(high, by: -1, expiresIn: nil) == .max - 1)
        },
    ]
}
