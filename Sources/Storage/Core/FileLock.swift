/// A lock between processes on a file; it ends with this value or with the process.
public final class FileLock: Sendable {
    private let handle: FileHandleOwner

    /// Nil when another process holds it.
    ///
    /// - Parameters:
    ///   - path: created if missing.
    ///   - isShared: whether any number may hold it, each of them shared.
    /// - Throws: ``ObjectStoreError/unavailable(_:)`` when the file cannot be opened or locked.
    public init?(ifFree path: String, shared isShared: Bool = false) throws(ObjectStoreError) {
        handle = try FileHandleOwner(locking: path)
        guard try handle.lockIfFree(isShared: isShared) else { return nil }
    }

    /// Waits until nobody else holds it.
    public init(waitingFor path: String) throws(ObjectStoreError) {
        handle = try FileHandleOwner(locking: path)
        try handle.lock()
    }
}

/// A new file being written, readable by this user only.
package final class FileWriter: Sendable {
    private let handle: FileHandleOwner

    package init(creating path: String) throws(ObjectStoreError) {
        handle = try FileHandleOwner(creating: path)
    }

    package func write(_ bytes: [UInt8]) throws(ObjectStoreError) {
        try handle.write(bytes)
    }

    /// Returns once the bytes are on the disk.
    package func synchronize() throws(ObjectStoreError) {
        try handle.synchronize()
    }
}
