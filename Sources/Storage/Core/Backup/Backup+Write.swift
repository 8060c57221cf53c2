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
    /// - Throws: ``BackupError``, ``DumpError``, ``DatabaseError``, ``ObjectStoreError``, `CancellationError`.
    public static func write(
        _ source: BackupSource, to folder: String, at now: Timestamp,
        progress: @escaping @Sendable (BackupProgress) -> Void = { _ in }
    ) async throws -> BackupManifest {
        try TemporaryName.checkFree(folder)
        let partial = Backup(folder: folder + ".partial")
        try partial.makeFolder()
        let lock = partial.folder + "/lock"
        guard let held = FileLock(ifFree: lock) else { throw BackupError.underWay(folder) }
        defer { withExtendedLifetime(held) {} }
        try partial.removeUnfinishedDumps()
        let objects = try partial.openObjects()
        func copyObjects() async throws -> ObjectCopyReport {
            try await source.objects.copyMissing(to: objects) { progress(.objects($0)) }
        }
        let plan = try await source.database.dumpPlan(source.sets)
        var copied = try await copyObjects()
        var (summary, missing, snapshots) = (DumpSummary?.none, Set<ObjectKey>(), 0)
        while true {
            snapshots += 1
            unlink(partial.dump)
            summary = try await source.database.dump(to: partial.dump, plan, at: now) { progress(.rows($0)) }
            copied = copied + (try await copyObjects())
            let lacking = try await partial.lacking(source.references, in: objects) { progress(.checked($0)) }
            if lacking.isSubset(of: missing) || lacking.isSubset(of: copied.damaged) {
                missing = lacking
                break
            }
            guard snapshots < attempts else { throw BackupError.unsettled(rows: lacking.subtracting(missing).count) }
            missing = lacking
        }
        guard let summary else { throw BackupError.notABackup(folder) }
        let manifest = try await partial.manifest(
            of: summary, snapshots, objects, missing, copied.damaged, at: now)
        try await blocking {
            try partial.keep(manifest)
            unlink(lock)
            try TemporaryName.publish(partial.folder, as: folder)
        }
        return manifest
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
        _ references: [ObjectReference], in objects: LocalObjectStore, _ progress: @escaping @Sendable (Int) -> Void
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

    private func manifest(
        of summary: DumpSummary, _ snapshots: Int, _ objects: LocalObjectStore, _ missing: Set<ObjectKey>,
        _ damaged: [ObjectKey],
        at now: Timestamp
    ) async throws -> BackupManifest {
        var (walk, count, bytes) = (ObjectWalk(objects), 0, 0)
        while let object = try await walk.next() { (count, bytes) = (count + 1, bytes + object.size) }
        return BackupManifest(
            format: BackupManifest.currentFormat, createdAt: now, database: summary, snapshots: snapshots,
            objects: count, bytes: bytes,
            missing: missing.subtracting(damaged).sorted(), damaged: damaged)
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

extension LocalObjectStore {
    fileprivate func holds(_ key: ObjectKey) throws(ObjectStoreError) -> Bool {
        do throws(ObjectStoreError) {
            _ = try LocalObjectReader(key: key, path: path(of: key))
            return true
        } catch .notFound {
            return false
        }
    }
}
