import StorageTestKit
import Testing

@testable import Storage

@Suite struct MemoryKeyValueStoreTests {
    @Test(arguments: KeyValueStorePromise.all)
    func `keeps every promise`(_ promise: KeyValueStorePromise) async throws {
        let clock = ManualClock()
        try await promise.check(MemoryKeyValueStore(clock: clock), clock)
    }

    @Test func `what has expired leaves nothing behind`() async throws {
        let clock = ManualClock()
        let store = MemoryKeyValueStore(clock: clock)
        for number in 0..<5000 {
            try await store.put([1], for: KeyValueKey("\(number)"), expiresIn: number == 7 ? nil : .seconds(1))
        }
        clock.advance(by: .seconds(1))
        #expect(store.count == 5000)
        await store.removeExpired()
        #expect(store.count == 1)
    }

    @Test func `what lives stays while what has expired is swept`() async throws {
        let clock = ManualClock()
        let store = MemoryKeyValueStore(clock: clock)
        for number in 0..<3000 {
            let life: Duration? = number.isMultiple(of: 3) ? nil : .seconds(1)
            try await store.put([UInt8(number % 256)], for: KeyValueKey("\(number)"), expiresIn: life)
            if number.isMultiple(of: 500) { clock.advance(by: .seconds(2)) }
        }
        clock.advance(by: .seconds(2))
        for number in 0..<3000 {
            let value = try await store.get(KeyValueKey("\(number)"))
            #expect(value == (number.isMultiple(of: 3) ? [UInt8(number % 256)] : nil))
        }
    }
}

@Suite struct KeyValueKeyTests {
    @Test func `has 1 to 512 bytes, and no zero byte`() throws {
        #expect(try KeyValueKey(String(repeating: "k", count: 512)).text.utf8.count == 512)
        for (text, bytes) in [
            ("", 0), (String(repeating: "k", count: 513), 513), (String(repeating: "é", count: 257), 514),
            ("a\0b", 3),
        ] {
            #expect(throws: KeyValueError.invalidKey(bytes: bytes)) { try KeyValueKey(text) }
        }
    }
}

@Suite struct KeyValueOutageTests {
    @Test(arguments: KeyValueOutagePromise.all)
    func `nobody suffers from a store that is down`(_ promise: KeyValueOutagePromise) async throws {
        try await promise.check(DownKeyValueStore())
    }
}
