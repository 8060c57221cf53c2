import Storage
import Synchronization
import Testing

extension KeyValueStorePromise {
    static let json = [
        KeyValueStorePromise("a value goes in and comes out as JSON, with its life") { store, clock in
            let (key, song) = (try KeyValueKey("song"), Song(title: "Dawn 🌅 \"x\"", beats: [0, 0.5]))
            try await store.put(json: song, for: key, expiresIn: .seconds(60))
            #expect(try await store.get(key, as: Song.self) == song)
            clock.advance(by: .seconds(60))
            #expect(try await store.get(key, as: Song.self) == nil)
        },
        KeyValueStorePromise("what is not such a value is none, and what JSON cannot hold is refused") { store, _ in
            let key = try KeyValueKey("song")
            for bytes in [[], [0xFF], Array(#"{"title": 1}"#.utf8)] as [[UInt8]] {
                try await store.put(bytes, for: key, expiresIn: nil)
                #expect(try await store.get(key, as: Song.self) == nil)
            }
            await #expect(throws: KeyValueError.notEncodable("Song")) {
                try await store.put(json: Song(title: "x", beats: [.infinity]), for: key, expiresIn: nil)
            }
        },
    ]

    static let caching = [
        KeyValueStorePromise("a cached value is made once for all who ask at once, and kept for its life") {
            store, clock in
            let cache = ReadThroughCache<Int>(store, family: "charts", expiresIn: .seconds(60))
            let made = Mutex(0)
            let make = { @Sendable () async -> Int in
                await Task.yield()
                return made.withLock { made in
                    made += 1
                    return made
                }
            }
            for round in 1...2 {
                let values = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<50 { group.addTask { try await cache.value(for: "top", make: make) } }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(values == [round])
                let kept = ReadThroughCache<Int>(store, family: "charts", expiresIn: .seconds(60))
                #expect(try await kept.value(for: "top", make: make) == round, "another process finds it")
                clock.advance(by: .seconds(60))
            }
        },
        KeyValueStorePromise("a dropped family is made anew, by every process, and no other is") { store, _ in
            let caches = (0..<2).map { _ in ReadThroughCache<Int>(store, family: "search", expiresIn: .seconds(60)) }
            let other = ReadThroughCache<Int>(store, family: "profile", expiresIn: .seconds(60))
            for cache in caches + [other] { _ = try await cache.value(for: "ada") { 1 } }
            try await caches[0].dropAll()
            for cache in caches {
                let value = try await cache.value(for: "ada") { 2 }
                #expect(value == 2)
            }
            let value = try await other.value(for: "ada") { 3 }
            #expect(value == 1)
        },
    ]
}

private struct Song: Codable, Equatable, Sendable {
    let title: String
    let beats: [Double]
}
