import Billing
import SampleLibrary
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import WaxwingService

@Suite struct IncomingObjectTests {
    private static let bytes = [UInt8](repeating: 7, count: 900)

    /// Takes a file in, as use cases do.
    private func take(
        in studio: Studio, on database: (any Database)? = nil, expectedSize: Int? = bytes.count, limit: Int = 1_000,
        arrived: @Sendable () async throws -> Void = {}, keeping: @escaping @Sendable () throws -> Void = {}
    ) async throws -> LibraryFile {
        let (id, account) = (FileID.random(), studio.account)
        let incoming = IncomingObject(
            key: ObjectKey(in: "processed", of: account, id), hold: .random(), account: account,
            entitlement: Entitlement(Plan()), limit: limit, isUpload: false, database: database ?? studio.database,
            objects: studio.objects, ledger: QuotaLedger(clock: studio.clock), clock: studio.clock)
        return try await incoming.take(expectedSize: expectedSize) { meter in
            try await meter.received(Self.bytes.count)
            let stored = try await studio.objects.put(
                ByteStream(Self.bytes), at: incoming.key, ObjectAttributes(contentType: "image/png"), if: .always)
            try await arrived()
            return LibraryFile(
                id: id, owner: account, name: "x.png", object: incoming.key, contentType: "image/png",
                size: stored.size, etag: stored.etag, createdAt: studio.clock.now())
        } keep: { file, session in
            try incoming.count(file.size, in: session)
            try LibraryFiles().insert(file, in: session)
            try keeping()
            return file
        } kept: { session in
            try LibraryFiles().find(id, of: account, in: session)
        }
    }

    @Test(arguments: [nil, 1, 900, 60_000])
    func `what arrives counts as long as it is, whatever was expected`(expected: Int?) async throws {
        let studio = try await Studio()
        let file = try await take(in: studio, expectedSize: expected)
        let traces = try await studio.traces()
        #expect(traces.balances == [.storageBytes: [900, 0]] && traces.holds == 0)
        #expect(traces.objects == [file.object.text])
    }

    @Test func `what the database kept and did not say so is kept, and stays`() async throws {
        let studio = try await Studio()
        // The first is the hold.
        let file = try await take(in: studio, on: AbsentDatabase(database: studio.database, failing: 2))
        let traces = try await studio.traces()
        #expect(traces.balances == [.storageBytes: [900, 0]] && traces.holds == 0)
        #expect(traces.objects == [file.object.text])
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM files") == 1)
    }

    @Test func `what fails after the bytes are stored takes them away, and what was held`() async throws {
        let studio = try await Studio()
        await #expect(throws: Disconnected.self) { try await take(in: studio) { throw Disconnected() } }
        await #expect(throws: Disconnected.self) { try await take(in: studio, keeping: { throw Disconnected() }) }
        #expect(try await studio.traces() == .none)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM files") == 0)
    }

    @Test func `a client that goes away leaves nothing`() async throws {
        let studio = try await Studio()
        let task = Task {
            try await take(in: studio) {
                withUnsafeCurrentTask { $0?.cancel() }
                try Task.checkCancellation()
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await studio.traces() == .none)
    }

    @Test func `what is said to be too long is refused before anything is held`() async throws {
        let studio = try await Studio()
        let reason = await refusal {
            try await take(in: studio, on: ForgetfulDatabase(database: studio.database), expectedSize: 1 << 20)
        }
        #expect(reason == "tooLarge")
        #expect(try await studio.traces() == .none)
    }
}

/// Keeps what is written, and once fails to say so.
private final class AbsentDatabase: Database {
    private let database: any Database
    private let failing: Int
    private let writes = Mutex(0)

    /// - Parameter failing: which write, from 1 on.
    init(database: any Database, failing: Int) {
        (self.database, self.failing) = (database, failing)
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadSession) throws -> Value
    ) async throws -> Value {
        try await database.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        let value = try await database.write(body)
        let number = writes.withLock { writes in
            writes += 1
            return writes
        }
        if number == failing { throw DatabaseError.unavailable("the connection broke") }
        return value
    }
}
