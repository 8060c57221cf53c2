import Foundation
import Storage

/// Temporary files of this process. What a dead process left behind is removed at the next start.
public final class WorkFolder: Sendable {
    let path: String
    private let lock: FileLock

    /// - Parameter parent: the folder for all processes of the service, created if missing, for this user only.
    public init(in parent: String) throws {
        try FileManager.default.createDirectory(
            atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // One start at a time: a sweep must not meet a folder that is made and not yet locked.
        let start = try FileLock(waitingFor: "\(parent)/lock")
        defer { withExtendedLifetime(start) {} }
        for name in try FileManager.default.contentsOfDirectory(atPath: parent) {
            // A living process holds the lock of its folder.
            if let abandoned = try? FileLock(ifFree: "\(parent)/\(name)/lock") {
                try? FileManager.default.removeItem(atPath: "\(parent)/\(name)")
                _ = abandoned
            }
        }
        path = "\(parent)/\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        guard let lock = try FileLock(ifFree: "\(path)/lock") else {
            throw ServiceError.unavailable("the work folder cannot be locked")
        }
        self.lock = lock
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes `stream` to a file that exists as long as `body` runs.
    ///
    /// - Parameter body: is given the SHA-256 of the bytes, hexadecimal.
    public func withFile<Value>(
        _ stream: ByteStream, _ body: (_ path: String, _ sha256: String) async throws -> Value
    ) async throws -> Value {
        let file = "\(path)/\(UUID().uuidString)"
        defer { unlink(file) }
        let writer = try await blocking { () throws(ObjectStoreError) in try FileWriter(creating: file) }
        var checksum = Checksum.Running()
        for try await chunk in stream {
            checksum.add(chunk)
            try await blocking { () throws(ObjectStoreError) in try writer.write(chunk) }
        }
        return try await body(file, checksum.text)
    }

    /// Makes an empty folder that exists as long as `body` runs.
    public func withFolder<Value>(_ body: (_ path: String) async throws -> Value) async throws -> Value {
        let folder = "\(path)/\(UUID().uuidString)"
        try await blocking { () throws(ServiceError) in
            guard mkdir(folder, 0o700) == 0 else { throw .unavailable("no work folder can be made") }
        }
        do {
            let value = try await body(folder)
            await blocking { try? FileManager.default.removeItem(atPath: folder) }
            return value
        } catch {
            await blocking { try? FileManager.default.removeItem(atPath: folder) }
            throw error
        }
    }
}
