import Foundation
import Storage
import StorageTestKit
import Synchronization
import Testing

@Suite struct ScrubTests {
    private let folder: TemporaryFolder
    private let store: LocalObjectStore

    init() throws {
        folder = try TemporaryFolder()
        store = try LocalObjectStore(folder: folder.path)
    }

    private func put(_ count: Int) async throws {
        for number in 0..<count {
            try await store.put(Array(repeating: UInt8(number), count: number * 7), at: ObjectKey("s/\(number)"))
        }
    }

    @Test func `a store without damage is read whole`() async throws {
        try await put(20)
        let report = try await Scrub(store).run()
        #expect((report.objects, report.bytes, report.damaged) == (20, (0..<20).reduce(0) { $0 + $1 * 7 }, []))
    }

    /// `WAXWING_ROUNDS` asks for more.
    @Test func `every flipped bit is found, wherever it is, and under its key`() async throws {
        let rounds = ProcessInfo.processInfo.environment["WAXWING_ROUNDS"].flatMap { Int($0) } ?? 40
        var random = SplitMix64(seed: 7)
        try await put(10)
        var found = 0
        for _ in 0..<rounds {
            let number = Int.random(in: 0..<10, using: &random)
            let file = URL(filePath: "\(folder.path)/objects/s/\(number)@")
            let good = try Data(contentsOf: file)
            var bad = good
            bad[Int.random(in: good.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try bad.write(to: file)
            let report = try await Scrub(store).run()
            #expect(report.damaged == [try ObjectKey("s/\(number)")])
            #expect(report.objects == 10)
            found += report.damaged.count
            try good.write(to: file)
        }
        print("scrub: \(found) of \(rounds) flipped bits found")
        #expect(try await Scrub(store).run().damaged.isEmpty)
    }

    @Test func `what is damaged is put anew from another store that has it whole`() async throws {
        let other = MemoryObjectStore()
        let attributes = ObjectAttributes(contentType: "audio/wav", metadata: ["take": "7"])
        for number in 0..<5 {
            let key = try ObjectKey("s/\(number)")
            _ = try await store.put(ByteStream([1, 2, UInt8(number)]), at: key, attributes, if: .always)
            // Of the last the other store knows nothing.
            if number < 4 {
                _ = try await other.put(ByteStream([1, 2, UInt8(number)]), at: key, attributes, if: .always)
            }
        }
        // A body, a trailer, a file cut short, one that cannot be replaced.
        for number in [0, 4] {
            let file = URL(filePath: "\(folder.path)/objects/s/\(number)@")
            var bytes = try Data(contentsOf: file)
            bytes[0] ^= 1
            try bytes.write(to: file)
        }
        try folder.damage("objects/s/1@")
        try Data([1, 2]).write(to: URL(filePath: "\(folder.path)/objects/s/2@"))
        let damaged = try await Scrub(store).run().damaged
        #expect(damaged.map(\.text) == ["s/0", "s/1", "s/2", "s/4"])
        #expect(try await Scrub(store).repair(damaged, from: other).map(\.text) == ["s/4"])
        #expect(try await Scrub(store).run().damaged.map(\.text) == ["s/4"])
        let object = try await store.get(ObjectKey("s/1"))
        #expect(object.info.attributes == attributes)
        #expect(try await object.stream.collected() == [1, 2, 1])
    }

    @Test func `what was deleted since it was found damaged stays deleted`() async throws {
        let (key, other) = (try ObjectKey("s/0"), MemoryObjectStore())
        try await other.put([1], at: key)
        #expect(try await Scrub(store).repair([key], from: other) == [])
        await #expect(throws: ObjectStoreError.notFound(key)) { try await store.head(key) }
    }

    @Test func `progress tells each object, and a scrub can go on where another stopped`() async throws {
        try await put(12)
        let reports = Mutex<[ScrubReport]>([])
        let whole = try await Scrub(store).run { report in reports.withLock { $0.append(report) } }
        let seen = reports.withLock { $0 }
        #expect(seen.map(\.objects) == Array(1...12))
        #expect(seen.last == whole)
        let rest = try await Scrub(store).run(after: seen[4].last)
        #expect(rest.objects == 7)
        #expect(rest.bytes == whole.bytes - seen[4].bytes)
    }

    @Test func `a cancelled scrub stops at the next object`() async throws {
        try await put(12)
        let count = Mutex(0)
        let task = Task { [store] in
            try await Scrub(store).run { _ in
                count.withLock { $0 += 1 }
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(count.withLock { $0 } == 1)
    }

    @Test func `what is below another prefix is not read`() async throws {
        try await put(3)
        try await store.put([1], at: ObjectKey("t"))
        #expect(try await Scrub(store).run(prefix: "t").objects == 1)
    }

    @Test func `a store in memory is read too`() async throws {
        let store = MemoryObjectStore()
        for number in 0..<1500 { try await store.put([1, 2], at: ObjectKey("\(number)")) }
        let report = try await Scrub(store).run()
        #expect((report.objects, report.bytes) == (1500, 3000))
    }
}

extension TemporaryFolder {
    /// Flips a bit of the trailer, so that nothing about the object can be told.
    func damage(_ file: String) throws {
        let url = URL(filePath: "\(path)/\(file)")
        var bytes = try Data(contentsOf: url)
        bytes[bytes.endIndex - 1] ^= 1
        try bytes.write(to: url)
    }
}
