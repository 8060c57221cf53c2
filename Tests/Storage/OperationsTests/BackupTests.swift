import Crypto
import Foundation
import FreshDatabases
import SampleLibrary
import Storage
import StoragePostgres
import StorageSQLite
import StorageTestKit
import Synchronization
import Testing

@Suite struct ObjectCopyTests {
    @Test func `a copy takes what is missing, with its attributes`() async throws {
        let (source, target) = (MemoryObjectStore(), MemoryObjectStore())
        let attributes = ObjectAttributes(contentType: "audio/wav", cacheControl: "private", metadata: ["take": "7 é"])
        for number in 0..<1_500 {
            try await source.put(Array("body \(number)".utf8), at: ObjectKey("a/\(number)"), attributes)
        }
        // There already; with other bytes; of somebody else.
        try await target.put(Array("body 5".utf8), at: ObjectKey("a/5"), attributes)
        try await target.put(Array("other!".utf8), at: ObjectKey("a/6"), attributes)
        try await target.put([1], at: ObjectKey("own"))
        let report = try await source.copyMissing(to: target)
        #expect((report.copied, report.present) == (1_499, 1))
        #expect(report.damaged.isEmpty)
        for key in ["a/6", "a/1499"] {
            let object = try await target.get(ObjectKey(key))
            #expect(object.info.attributes == attributes)
            #expect(try await object.stream.collected() == Array("body \(key.dropFirst(2))".utf8))
        }
        let again = try await source.copyMissing(to: target)
        #expect((again.copied, again.present, again.bytes) == (0, 1_500, 0))
        #expect(try await target.get(ObjectKey("own")).stream.collected() == [1])
    }

    @Test(arguments: Damage.allCases)
    func `an object that is damaged is told, and not passed on`(_ damage: Damage) async throws {
        let folder = try TemporaryFolder()
        let source = try LocalObjectStore(folder: folder.path)
        for name in ["a", "b", "c"] { try await source.put(Array("body of \(name)".utf8), at: ObjectKey(name)) }
        try damage.happens(to: "\(folder.path)/objects/b@")
        let target = MemoryObjectStore()
        let report = try await source.copyMissing(to: target)
        #expect(report.copied == 2)
        #expect(try report.damaged == [ObjectKey("b")])
        await #expect(throws: ObjectStoreError.notFound(try ObjectKey("b"))) { try await target.head(ObjectKey("b")) }
    }

    @Test func `an object that is damaged in the target is put there anew`() async throws {
        let (folder, source) = (try TemporaryFolder(), MemoryObjectStore())
        let target = try LocalObjectStore(folder: folder.path)
        try await source.put(Array("body".utf8), at: ObjectKey("a"))
        try await source.copyMissing(to: target)
        try Damage.trailer.happens(to: "\(folder.path)/objects/a@")
        #expect(try await source.copyMissing(to: target).copied == 1)
        #expect(try await target.get(ObjectKey("a")).stream.collected() == Array("body".utf8))
    }
}

/// What a disk may do to the file of an object.
enum Damage: CaseIterable, Sendable {
    /// A bit of the body flips.
    case body
    /// A bit of what is known about it flips.
    case trailer
    /// The end is gone.
    case cut
    /// Nothing is left.
    case empty

    func happens(to file: String) throws {
        let url = URL(filePath: file)
        var bytes = try Data(contentsOf: url)
        switch self {
        case .body: bytes[0] ^= 1
        case .trailer: bytes[bytes.count - 60] ^= 1
        case .cut: bytes.removeLast(5)
        case .empty: bytes = Data()
        }
        try bytes.write(to: url)
    }
}

@Suite struct BackupTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/backup" }

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: Engine.running)
    func `after a restore every row has its object, whatever was written meanwhile`(_ engine: Engine) async throws {
        for round in 0..<rounds {
            let service = try await Service(engine, folder: "\(folder.path)/\(round)")
            for number in 0..<200 { try await service.add("\(number)") }
            let writers = (0..<3).map { writer in
                Task { try await service.work(writer, seed: UInt64(round)) }
            }
            defer { for writer in writers { writer.cancel() } }
            let path = "\(path)-\(round)"
            while service.changes == 0 { try await Task.sleep(for: .milliseconds(1)) }
            let before = service.changes
            let manifest = try await Backup.write(service.source, to: path, at: start)
            #expect(service.changes > before)
            for writer in writers { writer.cancel() }
            for writer in writers { _ = await writer.result }
            #expect(manifest.missing.isEmpty)
            let restored = try await Service(
                engine == .sqlite ? Engine.running.last : .sqlite, folder: "\(folder.path)/r\(round)")
            _ = try await Backup(folder: path).restore(to: restored.source, at: start)
            let (rows, wrong) = try await restored.compare()
            #expect(rows >= 100)
            #expect(wrong == [])
            #expect(rows == manifest.database.tables.first { $0.name == "samples" }?.rows)
            print(
                "\(engine): \(rows) rows restored, each with its object; \(service.changes) changes meanwhile, "
                    + "\(manifest.snapshots) snapshots")
        }
    }

    @Test func `a row that never had its object is named`() async throws {
        let service = try await Service(.sqlite, folder: folder.path)
        try await service.add("whole")
        try await service.add("bare")
        try await service.objects.delete(Service.key("bare"))
        let manifest = try await Backup.write(service.source, to: path, at: start)
        #expect(try manifest.missing == [Service.key("bare")])
        #expect(try Backup(folder: path).manifest() == manifest)
        #expect((manifest.objects, manifest.database.rows) == (1, 2))
    }

    @Test(arguments: Damage.allCases)
    func `what is damaged is left out and named, the rest is kept`(_ damage: Damage) async throws {
        let service = try await Service(.sqlite, folder: folder.path)
        for name in ["one", "two"] { try await service.add(name) }
        try damage.happens(to: "\(folder.path)/objects/objects/processed/one@")
        let manifest = try await Backup.write(service.source, to: path, at: start)
        #expect(try manifest.damaged == [Service.key("one")])
        #expect((manifest.missing, manifest.objects) == ([], 1))
        // An attempt that goes on finds damage in what an earlier one has kept, too.
        try FileManager.default.moveItem(atPath: path, toPath: path + ".partial")
        try damage.happens(to: "\(path).partial/objects/objects/processed/two@")
        guard damage != .body else { return }
        let again = try await Backup.write(service.source, to: path, at: start)
        #expect((again.missing, again.objects) == ([], 1))
        let restored = try await Service(.sqlite, folder: folder.path + "/restored")
        #expect(try await Backup(folder: path).restore(to: restored.source, at: start).copied == 1)
    }

    @Test func `what an earlier attempt has kept, and became damaged, and has gone from the service is left out`()
        async throws
    {
        let service = try await Service(.sqlite, folder: folder.path)
        for name in ["one", "two"] { try await service.add(name) }
        _ = try await Backup.write(service.source, to: path, at: start)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".partial")
        try Damage.cut.happens(to: "\(path).partial/objects/objects/processed/two@")
        _ = try await service.database.write { try $0.execute("DELETE FROM samples WHERE id = 'two'") }
        try await service.objects.delete(Service.key("two"))
        let manifest = try await Backup.write(service.source, to: path, at: start)
        #expect((manifest.objects, manifest.missing, manifest.damaged) == (1, [], []))
    }

    @Test func `a slash at the end of the folder's name says nothing`() async throws {
        let service = try await Service(.sqlite, folder: folder.path)
        try await service.add("kept")
        _ = try await Backup.write(service.source, to: path + "//", at: start)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).contains("backup.json"))
        #expect(!FileManager.default.fileExists(atPath: path + "/.partial"))
        let restored = try await Service(.sqlite, folder: folder.path + "/restored")
        _ = try await Backup(folder: path + "/").restore(to: restored.source, at: start)
        #expect(try await restored.compare().rows == 1)
        await #expect(throws: DumpError.exists(path)) {
            try await Backup.write(service.source, to: path + "/", at: start)
        }
    }

    @Test func `a backup that has lost objects is refused before anything is changed, unless that is allowed`()
        async throws
    {
        let service = try await Service(.sqlite, folder: folder.path)
        for name in ["one", "two"] { try await service.add(name) }
        _ = try await Backup.write(service.source, to: path, at: start)
        let backup = Backup(folder: path)
        let target = try await Service(.sqlite, folder: folder.path + "/target")
        func isRefused() async throws {
            await #expect(throws: BackupError.self) { try await backup.restore(to: target.source, at: start) }
            #expect(try await target.objects.listKeys(prefix: "", after: nil, limit: 10).isEmpty)
            #expect(try await target.compare().rows == 0)
        }
        let object = path + "/objects/objects/processed/one@"
        let whole = try Data(contentsOf: URL(filePath: object))
        try FileManager.default.removeItem(atPath: object)
        try await isRefused()
        // Another one, of another length, in its place.
        let other = try LocalObjectStore(folder: path + "/objects")
        try await other.put([1], at: Service.key("one"))
        try await isRefused()
        try whole.write(to: URL(filePath: object))
        let objects = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(objects.contains("objects"))
        try FileManager.default.moveItem(atPath: path + "/objects", toPath: path + "/elsewhere")
        try await isRefused()
        #expect(!FileManager.default.fileExists(atPath: path + "/objects"))
        _ = try await backup.restore(to: target.source, allowingLoss: true, at: start)
        #expect(try await target.compare().rows == 2)
    }

    @Test func `a dump of another backup is refused`() async throws {
        let service = try await Service(.sqlite, folder: folder.path)
        try await service.add("one")
        _ = try await Backup.write(service.source, to: path + "-1", at: start)
        try await service.add("two")
        _ = try await Backup.write(service.source, to: path + "-2", at: start + .seconds(1))
        try FileManager.default.removeItem(atPath: path + "-2/database.dump")
        try FileManager.default.copyItem(atPath: path + "-1/database.dump", toPath: path + "-2/database.dump")
        let target = try await Service(.sqlite, folder: folder.path + "/target")
        await #expect(throws: BackupError.otherDump(path + "-2")) {
            try await Backup(folder: path + "-2").restore(to: target.source, at: start)
        }
    }

    @Test func `a restore writes nothing into the backup`() async throws {
        let service = try await Service(.sqlite, folder: folder.path)
        try await service.add("kept")
        _ = try await Backup.write(service.source, to: path, at: start)
        // As on a disk that cannot be written to, also for a superuser, whom no mode stops.
        for name in ["tmp", "uploads", "lock", "staging.lock"] {
            try? FileManager.default.removeItem(atPath: "\(path)/objects/\(name)")
        }
        let before = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
        let target = try await Service(.sqlite, folder: folder.path + "/target")
        _ = try await Backup(folder: path).restore(to: target.source, at: start)
        #expect(try await target.compare().wrong == [])
        #expect(try FileManager.default.subpathsOfDirectory(atPath: path).sorted() == before)
    }

    @Test func `a backup that was interrupted has no name, and goes on where it was`() async throws {
        let service = try await Service(.sqlite, folder: folder.path)
        for number in 0..<50 { try await service.add("\(number)") }
        let copied = Mutex(0)
        let interrupted = Task {
            try await Backup.write(service.source, to: path, at: start) { progress in
                guard case .objects(let report) = progress, report.copied == 20 else { return }
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: (any Error).self) { try await interrupted.value }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(throws: BackupError.notABackup(path)) { try Backup(folder: path).manifest() }
        _ = try await Backup.write(service.source, to: path, at: start) { progress in
            if case .objects(let report) = progress { copied.withLock { $0 = max($0, report.copied) } }
        }
        #expect(copied.withLock { $0 } <= 30)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
                "backup.json", "database.dump", "objects",
            ])
        await #expect(throws: DumpError.exists(path)) { try await Backup.write(service.source, to: path, at: start) }
    }

    @Test func `two backups to one place do not mix`() async throws {
        let service = try await Service(.sqlite, folder: folder.path)
        try FileManager.default.createDirectory(atPath: path + ".partial", withIntermediateDirectories: true)
        let lock = try #require(try FileLock(ifFree: path + ".partial/lock"))
        await #expect(throws: BackupError.underWay(path)) {
            try await Backup.write(service.source, to: path, at: start)
        }
        withExtendedLifetime(lock) {}
    }

    @Test func `a target with rows or objects of its own is refused, unless they may be replaced`() async throws {
        let service = try await Service(.sqlite, folder: folder.path)
        try await service.add("kept")
        _ = try await Backup.write(service.source, to: path, at: start)
        let backup = Backup(folder: path)
        let rows = try await Service(.sqlite, folder: folder.path + "/rows")
        try await rows.add("other")
        await #expect(throws: DumpError.notEmpty(table: "samples")) {
            try await backup.restore(to: rows.source, at: start)
        }
        let objects = try await Service(.sqlite, folder: folder.path + "/objects-only")
        try await objects.objects.put([1], at: Service.key("other"))
        await #expect(throws: BackupError.storeNotEmpty(try Service.key("other"))) {
            try await backup.restore(to: objects.source, at: start)
        }
        // What an earlier attempt has brought is no reason to refuse.
        let begun = try await Service(.sqlite, folder: folder.path + "/begun")
        try await service.objects.copyMissing(to: begun.objects)
        #expect(try await backup.restore(to: begun.source, at: start).present == 1)
        _ = try await backup.restore(to: rows.source, into: .replaced, at: start)
        #expect(try await rows.compare().rows == 1)
    }

    @Test func `a backup with a damaged dump is refused before anything is changed`() async throws {
        let service = try await Service(.sqlite, folder: folder.path)
        try await service.add("kept")
        _ = try await Backup.write(service.source, to: path, at: start)
        let dump = path + "/database.dump"
        let bytes = try Data(contentsOf: URL(filePath: dump))
        try bytes.dropLast().write(to: URL(filePath: dump))
        let target = try await Service(.sqlite, folder: folder.path + "/target")
        await #expect(throws: DumpError.self) { try await Backup(folder: path).restore(to: target.source, at: start) }
        #expect(try await target.objects.list(prefix: "", after: nil, limit: 10).objects.isEmpty)
    }
}

/// A process that is killed while it keeps a service.
@Suite struct BackupKillTests {
    @Test func `a process killed while it keeps a service leaves nothing that looks whole`() async throws {
        let folder = try TemporaryFolder()
        let service = try await Service(.sqlite, folder: folder.path)
        for number in 0..<40 { try await service.add("\(number)") }
        let (path, root) = (folder.path + "/backup", folder.path)
        let points = stride(from: 1, through: 43, by: rounds > 1 ? 1 : 14)
        for point in points {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, root = root as String, point = point as Int] in
                let seen = Mutex(0)
                let service = try await Service(.sqlite, folder: root)
                _ = try await Backup.write(service.source, to: path, at: start) { _ in
                    let steps = seen.withLock { seen in
                        seen += 1
                        return seen
                    }
                    if steps == point { kill(getpid(), SIGKILL) }
                }
            }
            #expect(!FileManager.default.fileExists(atPath: path), "step \(point)")
        }
        let manifest = try await Backup.write(service.source, to: path, at: start)
        #expect((manifest.objects, manifest.missing) == (40, []))
        let left = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        #expect(left == ["backup.json", "database.dump", "objects"])
        print("\(Array(points).count) kills while keeping, none left a backup, the next run made it whole")
    }
}

/// Samples with their objects, written and deleted as the service does it: the object before the row and after it.
final class Service: Sendable {
    let database: any InspectableDatabase
    let objects: LocalObjectStore
    private let counter = Mutex(0)

    init(_ engine: Engine?, folder: String) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        database =
            engine == .postgres
            ? try await FreshDatabase.postgres() : try SQLiteDatabase(path: folder + "/waxwing.sqlite")
        objects = try LocalObjectStore(folder: folder + "/objects")
        try await database.migrate(modules, at: start)
    }

    var source: BackupSource { BackupSource(database, modules, objects, references: LibrarySchema.objects) }

    var changes: Int { counter.withLock { $0 } }

    static func key(_ name: String) throws -> ObjectKey { try ObjectKey("processed/\(name)") }

    static func body(_ name: String) -> [UInt8] { Array("audio of \(name)".utf8) }

    func add(_ name: String) async throws {
        try await objects.put(Self.body(name), at: Self.key(name))
        try await database.write { try Self.insert(name, in: $0) }
    }

    static func insert(_ name: String, in session: any WriteSession) throws {
        let (key, body) = (try key(name), body(name))
        let digest = Checksum.hex(SHA256.hash(data: body))
        try session.execute(
            """
            INSERT INTO samples (id, owner, filename, object_key, content_type, size, etag, duration, sample_rate,
                channels, created_at)
            VALUES (\(name), 'o', \(name), \(key.text), 'audio/wav', \(body.count), \(digest), 1, 48000, 2, 0)
            """)
    }

    private func remove(_ name: String) async throws {
        _ = try await database.write { try $0.execute("DELETE FROM samples WHERE id = \(name)") }
        try await objects.delete(Self.key(name))
    }

    /// Adds and removes until cancelled; slowly after a while, so that on a slow machine the backup comes to an end too.
    func work(_ writer: Int, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed &* 31 &+ UInt64(writer))
        var own: [String] = []
        for number in 0... {
            try Task.checkCancellation()
            // Slower and slower, so that a backup comes to its end on any machine.
            if number >= 400 { try await Task.sleep(for: .milliseconds(100 + 10 * (number - 400))) }
            // Most live for a while; some go as soon as they have come, perhaps between a snapshot and its objects.
            let (isBrief, isOld) = (random.next() % 40 == 0, own.count > 30)
            if own.isEmpty || !(isBrief || isOld && random.next() % 2 == 0) {
                own.append("\(writer)-\(number)")
                try await add("\(writer)-\(number)")
            } else {
                try await remove(isBrief ? own.removeLast() : own.removeFirst())
            }
            counter.withLock { $0 += 1 }
        }
    }

    /// How many rows there are, and those without their object or with another.
    func compare() async throws -> (rows: Int, wrong: [String]) {
        let rows = try await database.read { session in
            try session.rows("SELECT object_key, etag FROM samples").map {
                (key: try $0.get("object_key", as: String.self), etag: try $0.get("etag", as: String.self))
            }
        }
        var wrong: [String] = []
        for row in rows {
            let body = try? await objects.get(ObjectKey(row.key)).stream.collected()
            if body.map({ Checksum.hex(SHA256.hash(data: $0)) }) != row.etag { wrong.append(row.key) }
        }
        return (rows.count, wrong)
    }
}
