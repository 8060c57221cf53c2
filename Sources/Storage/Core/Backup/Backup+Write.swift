import Foundation
import Synchronization

extension Backup {
    /// How often the rows are taken anew because objects went meanwhile.
    private static let attempts = 20

    /// Keeps a service that goes on working.
    ///
    /// An object is put before its row and deleted after it. So the objects are copied, then the rows are taken in one
    /// snapshot, then the objects that came meanwhile are copied: a row of the snapshot lacks its object only if both were
    /// made and deleted in between. That is looked for, and if it happened the rows are taken once more. A row that lacks
    /// its object in two snapshots, between which the object was not there either, never had it: it is named in the manifest.
    ///
    /// Objects that rows need for a time only come and go quickly: those are copied once more right before and after each
    /// snapshot, so that few snapshots are enough however many there are.
    ///
    /// - Throws: ``BackupError``, ``DumpError``, ``DatabaseError``, ``ObjectStoreError``, `CancellationError`.
    public static func write(
        _ source: BackupSource, to folder: String, at now: Timestamp,
        progress: @escaping @Sendable (BackupProgress) -> Void = { _ in }
    ) async throws -> BackupManifest {
        let folder = Backup(folder: folder).folder
        try TemporaryName.checkFree(folder)
        let partial = Backup(folder: folder + ".partial")
        try partial.makeFolder()
        let lock = partial.folder + "/lock"
        guard let held = try FileLock(ifFree: lock) else { throw BackupError.underWay(folder) }
        defer { withExtendedLifetime(held) {} }
        try partial.removeUnfinishedDumps()
        let objects = try LocalObjectStore(folder: partial.objects)
        let plan = try await source.database.dumpPlan(source.sets)
        var damaged = try await source.copyAll(to: objects, progress)
        var (missing, snapshots) = (Set<ObjectKey>(), 0)
        while true {
            snapshots += 1
            unlink(partial.dump)
            damaged.formUnion(try await source.copyPassing(to: objects))
            let summary = try await source.database.dump(to: partial.dump, plan, at: now) { progress(.rows($0)) }
            damaged.formUnion(try await source.copyPassing(to: objects))
            damaged.formUnion(try await source.copyAll(to: objects, progress))
            let lacking = try await partial.lacking(source.readers, in: objects) { progress(.checked($0)) }
            guard lacking.isSubset(of: missing) || lacking.isSubset(of: damaged) else {
                guard snapshots < attempts else {
                    throw BackupError.unsettled(rows: lacking.subtracting(missing).count)
                }
                missing = lacking
                continue
            }
            let content = try await removeDamaged(from: objects)
            let manifest = BackupManifest(
                format: BackupManifest.currentFormat, createdAt: now, database: summary, snapshots: snapshots,
                objects: content.objects, bytes: content.bytes, missing: lacking.subtracting(damaged).sorted(),
                damaged: damaged.sorted())
            try await blocking {
                try partial.keep(manifest)
                try TemporaryName.publish(partial.folder, as: folder)
                // Held until the folder has its name: nobody goes on in it meanwhile.
                unlink(folder + "/lock")
            }
            return manifest
        }
    }

    /// What became damaged in the backup since an earlier attempt, and has gone from the service, is of no use.
    private static func removeDamaged(from objects: LocalObjectStore) async throws -> StoreContent {
        while true {
            let content = try await StoreContent(of: objects)
            guard !content.damaged.isEmpty else { return content }
            for key in content.damaged { try await objects.delete(key) }
        }
    }

    private func makeFolder() throws(DumpError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .file(folder, reason: "the folder cannot be made")
        }
    }

    /// Those of processes that died: they would become part of the backup.
    private func removeUnfinishedDumps() throws(DumpError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw .file(folder, reason: "the folder cannot be read")
        }
        for name in names where name.hasPrefix("database.dump") { unlink("\(folder)/\(name)") }
    }

    /// The keys of rows in the dump whose objects are not there.
    private func lacking(
        _ references: [RowKeys], in objects: LocalObjectStore, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> Set<ObjectKey> {
        let isCancelled = Mutex(false)
        return try await withTaskCancellationHandler {
            try await blocking { [dump] in
                var (looked, lacking) = (0, Set<ObjectKey>())
                try DumpReader.objectKeys(in: dump, references) { keys in
                    if isCancelled.withLock({ $0 }) { throw CancellationError() }
                    for key in keys where try !objects.holds(key) { lacking.insert(key) }
                    looked += keys.count
                    progress(looked)
                }
                return lacking
            }
        } onCancel: {
            isCancelled.withLock { $0 = true }
        }
    }

    private func keep(_ manifest: BackupManifest) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        unlink(manifestFile)
        do {
            let file = try FileWriter(creating: manifestFile)
            try file.write(Array(try encoder.encode(manifest)))
            try file.synchronize()
        } catch let error as ObjectStoreError {
            throw DumpError(error, of: manifestFile)
        }
        try TemporaryName.synchronizeFolder(of: manifestFile)
    }
}

extension BackupSource {
    /// - Returns: the keys of objects that are damaged.
    fileprivate func copyAll(
        to backup: LocalObjectStore, _ progress: @escaping @Sendable (BackupProgress) -> Void
    ) async throws -> Set<ObjectKey> {
        Set(try await objects.copyMissing(to: backup) { progress(.objects($0)) }.damaged)
    }

    /// - Returns: the keys of objects that are damaged.
    fileprivate func copyPassing(to backup: LocalObjectStore) async throws -> Set<ObjectKey> {
        var damaged: Set<ObjectKey> = []
        for prefix in Set(passing.map(\.prefix)) {
            damaged.formUnion(try await objects.copyMissing(to: backup, prefix: prefix).damaged)
        }
        return damaged
    }

    /// What every kind of reference gives of the rows in a dump.
    fileprivate var readers: [RowKeys] { references.map(RowKeys.init) + passing.map(\.keys) }
}

extension LocalObjectStore {
    fileprivate func holds(_ key: ObjectKey) throws(ObjectStoreError) -> Bool {
        do throws(ObjectStoreError) {
            _ = try LocalObjectReader(key: key, path: path(of: key))
            return true
        } catch {
            switch error {
            case .notFound, .corrupted: return false
            default: throw error
            }
        }
    }
}
