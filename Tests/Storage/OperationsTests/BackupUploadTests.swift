import Foundation
import Jobs
import Storage
import StorageTestKit
import Testing

/// Uploads wait in the store, without a row of their own, for a worker that moves them into the library.
@Suite struct BackupUploadTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: Engine.running)
    func `what is uploaded and analysed while a backup is written is lost by no restore`(_ engine: Engine) async throws
    {
        let service = try await Service(engine, folder: folder.path + "/service")
        let uploads = UploadDesk(service)
        // Comes right before a snapshot, too late for a look at the store, and is gone from there right after it.
        let busy = HookedDatabase(
            service.database, reads: 4, before: { try await uploads.receive() },
            after: { try await uploads.analyzeAll() })
        let path = folder.path + "/backup"
        let source = BackupSource(
            busy, modules, service.objects, references: service.source.references, passing: UploadDesk.references)
        let manifest = try await Backup.write(source, to: path, at: start)
        #expect(manifest.missing.isEmpty)
        // Snapshots whose uploads were gone do not count.
        #expect(manifest.snapshots > 1)
        let restored = try await Service(.sqlite, folder: folder.path + "/restored")
        _ = try await Backup(folder: path).restore(to: restored.source, at: start)
        try await UploadDesk(restored).analyzeAll()
        let (rows, wrong) = try await restored.compare()
        #expect((rows, wrong) == (4, []))
    }

    @Test func `what waits for a worker is kept with its job`() async throws {
        let service = try await Service(.sqlite, folder: folder.path + "/service")
        for _ in 0..<3 { try await UploadDesk(service).receive() }
        let path = folder.path + "/backup"
        let source = BackupSource(
            service.database, modules, service.objects, references: service.source.references,
            passing: UploadDesk.references)
        let manifest = try await Backup.write(source, to: path, at: start)
        #expect((manifest.objects, manifest.snapshots, manifest.missing) == (3, 1, []))
        let restored = try await Service(.sqlite, folder: folder.path + "/restored")
        _ = try await Backup(folder: path).restore(to: restored.source, at: start)
        try await UploadDesk(restored).analyzeAll()
        #expect(try await restored.compare().rows == 3)
    }

    @Test func `a waiting upload that is not there is named`() async throws {
        let service = try await Service(.sqlite, folder: folder.path + "/service")
        try await UploadDesk(service).receive()
        let key = try #require(try await service.objects.listKeys(prefix: "", after: nil, limit: 1).first)
        try await service.objects.delete(key)
        let source = BackupSource(
            service.database, modules, service.objects, references: [], passing: UploadDesk.references)
        let manifest = try await Backup.write(source, to: folder.path + "/backup", at: start)
        #expect((manifest.missing, manifest.snapshots) == ([key], 2))
    }
}

/// Takes uploads in and has them analysed, in the order in which the service does it.
private struct UploadDesk: Sendable {
    private struct Payload: Codable {
        let name: String
        let pendingKey: String
    }

    static let references = [
        PassingReference("jobs", ["payload", "state"], below: "pending/") { values in
            guard case .text(let payload) = values[0], case .text(let state) = values[1],
                JobSchema.openStates.contains(state)
            else { return nil }
            return try? JSONDecoder().decode(Payload.self, from: Data(payload.utf8)).pendingKey
        }
    ]

    private let service: Service
    private let queue: JobQueue

    init(_ service: Service) {
        self.service = service
        queue = JobQueue(service.database)
    }

    /// The object, then its job.
    func receive() async throws {
        let name = UUID().uuidString
        let pending = try ObjectKey("pending/\(name)")
        try await service.objects.put(Service.body(name), at: pending)
        let job = try NewJob(kind: "analyze", payload: Payload(name: name, pendingKey: pending.text))
        _ = try await service.database.write { try queue.enqueue(job, in: $0) }
    }

    /// The copy, then its row and the end of the job, then what was uploaded goes.
    func analyzeAll() async throws {
        while let job = try await queue.claim(from: ["default"], by: "a worker") {
            let payload: Payload = try job.decodePayload()
            let pending = try ObjectKey(payload.pendingKey)
            _ = try await service.objects.copy(pending, to: Service.key(payload.name), if: .always)
            _ = try await service.database.write { session in
                try Service.insert(payload.name, in: session)
                return try queue.apply(.succeeded(token: job.course.token), to: job.id, in: session)
            }
            try await service.objects.delete(pending)
        }
    }
}

/// Has something happen right before and right after its first transactions that read.
private final class HookedDatabase: InspectableDatabase {
    private let database: any InspectableDatabase
    private let before, after: @Sendable () async throws -> Void
    private let left: Countdown

    init(
        _ database: any InspectableDatabase, reads: Int, before: @escaping @Sendable () async throws -> Void,
        after: @escaping @Sendable () async throws -> Void
    ) {
        (self.database, self.before, self.after, left) = (database, before, after, Countdown(reads))
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        guard await left.next() else { return try await database.read(body) }
        try await before()
        let value = try await database.read(body)
        try await after()
        return value
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await database.write(body)
    }

    func onEmptySchema<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await database.onEmptySchema(body)
    }

    func structuralFaults() async throws -> [String] { try await database.structuralFaults() }

    private actor Countdown {
        private var left: Int

        init(_ count: Int) {
            left = count
        }

        func next() -> Bool {
            left -= 1
            return left >= 0
        }
    }
}
