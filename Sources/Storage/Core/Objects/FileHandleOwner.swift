#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An open file, closed with its last use; system errors become typed ones.
struct FileHandleOwner: ~Copyable {
    private let descriptor: Int32
    private let isLock: Bool

    /// A symbolic link in the last place is refused: data never comes from outside the folder.
    init(reading path: String) throws(ObjectStoreError) {
        isLock = false
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open") }
    }

    /// The file of an object. Sorted here, next to the call: `errno` is anybody's after the next allocation.
    init(reading path: String, of key: ObjectKey) throws(ObjectStoreError) {
        isLock = false
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor < 0 else { return }
        switch errno {
        case ENOENT, ENOTDIR: throw .notFound(key)
        case ELOOP, EIO: throw .corrupted(key)
        default: throw .system("open")
        }
    }

    /// Creates the file, for this user only.
    init(creating path: String) throws(ObjectStoreError) {
        isLock = false
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("create") }
    }

    /// A folder or a lock file, created if missing.
    init(locking path: String) throws(ObjectStoreError) {
        isLock = true
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("open") }
    }

    deinit {
        // A child that another thread is starting has a copy of the descriptor, and so of the lock, until it is its program.
        if isLock { _ = flock(descriptor, LOCK_UN) }
        close(descriptor)
    }

    func size() throws(ObjectStoreError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("stat") }
        return Int(status.st_size)
    }

    /// Up to `count` bytes from `offset`; fewer only at the end, and before bytes that the disk cannot give back any more:
    /// such a file has ended early, as one that was cut.
    func read(at offset: Int, count: Int) throws(ObjectStoreError) -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
                if got < 0 && errno == EINTR { continue }
                failed = got < 0 && errno != EIO
                guard got > 0 else { return }
                filled += got
            }
        }
        guard !failed else { throw .system("read") }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(ObjectStoreError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                platformWrite(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .system("write") }
            written += count
        }
    }

    /// Returns once the bytes are on the disk.
    func synchronize() throws(ObjectStoreError) {
        guard fsync(descriptor) == 0 else { throw .system("fsync") }
    }

    /// Waits until no other process or thread holds the lock; it ends with the handle.
    func lock() throws(ObjectStoreError) {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .system("lock") }
        }
    }

    /// False when somebody else holds the lock.
    ///
    /// - Parameter isShared: whether others may hold it too, if they share it.
    func lockIfFree(isShared: Bool = false) throws(ObjectStoreError) -> Bool {
        if flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw .system("lock") }
        return false
    }
}

private func platformWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

extension ObjectStoreError {
    /// The last system error, sorted by what a caller can do about it.
    static func system(_ call: String) -> ObjectStoreError {
        let code = errno
        let reason = "\(call): \(String(cString: strerror(code)))"
        return code == ENOSPC || code == EDQUOT ? .full(reason) : .unavailable(reason)
    }
}
