import Crypto
import Foundation

/// Objects in a local folder, with the semantics of S3.
///
/// A put writes a temporary file, fsyncs it, renames it into place and fsyncs the folder, so it is seen whole or not
/// at all and survives a crash once it returned. Commits are ordered by a lock file: several processes may share the
/// folder, and conditional writes hold between them.
public struct LocalObjectStore: ObjectStore {
    let root: String
    let clock: any WallClock
    private var staging: String { root + "/tmp" }
    var objects: String { root + "/objects" }
    /// Parts that have arrived, a folder for each upload.
    var arrivals: String { root + "/uploads" }

    /// - Parameter folder: created if missing, for this user only. Temporary files of dead processes are removed.
    public init(folder: String, clock: any WallClock = SystemClock()) throws(ObjectStoreError) {
        (root, self.clock) = (folder, clock)
        for path in [objects, staging, arrivals] {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw .unavailable("cannot create '\(path)'")
            }
        }
        try locked("staging.lock") { removeAbandonedFiles() }
        try removeEndedUploads()
    }

    public func put(
        _ body: ByteStream, at key: ObjectKey, _ attributes: ObjectAttributes, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let staged = try await stage(body)
        let now = clock.now()
        return try await blocking { () throws(ObjectStoreError) in
            let trailer = try staged.finish(key: key, modified: now, attributes)
            try commit(staged.path, as: key, if: condition)
            return trailer.info(for: key)
        }
    }

    public func get(_ key: ObjectKey, range: ByteRange?) async throws(ObjectStoreError) -> ObjectBody {
        try await blocking { () throws(ObjectStoreError) in
            let reader = try LocalObjectReader(key: key, path: path(of: key))
            let size = reader.info.size
            guard let bounds = range.map({ $0.resolved(in: size) }) ?? 0..<size else {
                throw .rangeNotSatisfiable(key, size: size)
            }
            return ObjectBody(info: reader.info, range: bounds, stream: reader.stream(bounds))
        }
    }

    public func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo {
        try await blocking { () throws(ObjectStoreError) in
            try LocalObjectReader(key: key, path: path(of: key)).info
        }
    }

    public func delete(_ key: ObjectKey) async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in
            try locked { () throws(ObjectStoreError) in
                let path = path(of: key)
                guard unlink(path) == 0 else {
                    if errno == ENOENT || errno == ENOTDIR { return }
                    throw .system("unlink")
                }
                try synchronizeFolder((path as NSString).deletingLastPathComponent)
                removeEmptyFolders(above: path)
            }
        }
    }

    public func copy(
        _ source: ObjectKey, to target: ObjectKey, if condition: WriteCondition
    )
        async throws(ObjectStoreError) -> ObjectInfo
    {
        let body = try await get(source)
        do {
            return try await put(body.stream, at: target, body.info.attributes, if: condition)
        } catch .bodyFailed(let error as ObjectStoreError) {
            throw error
        }
    }

    /// Writes all of `body` to a temporary file.
    func stage(_ body: ByteStream) async throws(ObjectStoreError) -> StagedFile {
        let path = "\(staging)/\(UUID().uuidString)"
        let staged = try await blocking { () throws(ObjectStoreError) in
            try locked("staging.lock") { () throws(ObjectStoreError) in try StagedFile(path: path) }
        }
        let chunks = body.makeAsyncIterator()
        while let chunk = try await chunks.nextOfBody() {
            try await blocking { () throws(ObjectStoreError) in try staged.write(chunk) }
        }
        return staged
    }

    func path(of key: ObjectKey) -> String {
        "\(objects)/\(LocalObjectPath(key).text)"
    }

    /// Moves a finished file into place, if `condition` holds now.
    private func commit(_ staged: String, as key: ObjectKey, if condition: WriteCondition) throws(ObjectStoreError) {
        let target = path(of: key)
        try locked { () throws(ObjectStoreError) in
            if condition != .always {
                var present: ObjectInfo?
                do throws(ObjectStoreError) {
                    present = try LocalObjectReader(key: key, path: target).info
                } catch .notFound {
                    present = nil
                }
                guard condition.holds(for: present) else { throw .conditionFailed(key) }
            }
            try place(staged, at: target)
        }
    }

    /// Returns once the file is durable under its new name. For the holder of the lock.
    func place(_ staged: String, at target: String) throws(ObjectStoreError) {
        let folder = (target as NSString).deletingLastPathComponent
        try createFolder(folder)
        guard rename(staged, target) == 0 else { throw .system("rename") }
        try synchronizeFolder(folder)
    }

    /// - Parameter name: `lock` orders commits; `staging.lock` keeps a sweep from a file that is made and not yet locked.
    func locked<Value>(
        _ name: String = "lock", _ body: () throws(ObjectStoreError) -> Value
    )
        throws(ObjectStoreError) -> Value
    {
        let handle = try FileHandleOwner(locking: "\(root)/\(name)")
        try handle.lock()
        let value = try body()
        _ = consume handle
        return value
    }

    /// Each new folder is made durable in its parent, or a crash could lose it with all it holds.
    private func createFolder(_ folder: String) throws(ObjectStoreError) {
        if mkdir(folder, 0o700) == 0 {
            return try synchronizeFolder((folder as NSString).deletingLastPathComponent)
        }
        switch errno {
        case EEXIST: return
        case ENOENT:
            try createFolder((folder as NSString).deletingLastPathComponent)
            try createFolder(folder)
        default: throw .system("mkdir")
        }
    }

    func synchronizeFolder(_ folder: String) throws(ObjectStoreError) {
        try FileHandleOwner(reading: folder).synchronize()
    }

    private func removeEmptyFolders(above path: String) {
        var folder = (path as NSString).deletingLastPathComponent
        // rmdir refuses a folder that is not empty: that ends the walk.
        while folder.utf8.count > objects.utf8.count, rmdir(folder) == 0 {
            folder = (folder as NSString).deletingLastPathComponent
        }
    }

    /// A live upload holds its file's lock; what is not locked belongs to a process that died.
    private func removeAbandonedFiles() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: staging)) ?? [] {
            let path = "\(staging)/\(name)"
            if let handle = try? FileHandleOwner(reading: path), (try? handle.lockIfFree()) == true { unlink(path) }
        }
    }
}
