#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file under a temporary name beside its target, which it becomes when it is complete.
///
/// Nobody ever sees half a file under the target's name; unless it is published, nothing stays.
package final class OutputFile {
    /// Bytes so far.
    private(set) var count = 0
    /// Where the next byte goes.
    private(set) var offset = 0
    /// Why the system refused bytes, if it did.
    private(set) var failure: AudioWriteError?

    private let target: String
    let temporary: String
    private let replaces: Bool
    private var descriptor: CInt

    package convenience init(path: String, replaces: Bool) throws(AudioWriteError) {
        try Self.check(path, replaces)
        let temporary = "\(Self.split(path).folder).waxwing-\(String(UInt64.random(in: 0 ... .max), radix: 36)).part"
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: systemMessage()) }
        self.init(target: path, replaces: replaces, temporary: temporary, descriptor: descriptor)
    }

    /// Takes over `descriptor`, and `temporary` as its name.
    init(target: String, replaces: Bool, temporary: String, descriptor: CInt) {
        (self.target, self.replaces) = (target, replaces)
        (self.temporary, self.descriptor) = (temporary, descriptor)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        unlink(temporary)
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }

    /// Whether a file may be written there.
    package static func check(_ path: String, _ replaces: Bool) throws(AudioWriteError) {
        guard !split(path).name.isEmpty else { throw .cannotCreate(path: path, reason: "the name is empty") }
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .cannotCreate(path: path, reason: "it exists and is no regular file")
        }
        guard replaces else { throw .exists(path: path) }
    }

    /// - Returns: bytes written; fewer only after a failure.
    package func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        var written = 0
        while written < bytes.count, failure == nil {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let result = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset))
            if result < 0 && errno == EINTR { continue }
            guard result > 0 else {
                failure = .cannotWrite(reason: systemMessage())
                break
            }
            written += result
            offset += result
            count = max(count, offset)
        }
        return written
    }

    /// Encoders look back at their own headers.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let result = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
        offset += max(0, result)
        return max(0, result)
    }

    /// - Returns: the new place, or -1 for one before the start.
    func seek(to place: Int) -> Int {
        guard place >= 0 else { return -1 }
        offset = place
        return place
    }

    /// Gives the file its name.
    ///
    /// - Parameter syncs: whether the file is on the disk before its name is; not needed where the whole folder is
    ///   hidden until it is synced.
    package func publish(syncs: Bool = true) throws(AudioWriteError) {
        if let failure { throw failure }
        // A name that outlives a power cut must not lead to a file that did not.
        guard !syncs || fsync(descriptor) == 0 else { throw .cannotWrite(reason: systemMessage()) }
        let result = close(descriptor)
        descriptor = -1
        guard result == 0 else { throw .cannotWrite(reason: systemMessage()) }
        if !replaces, try linkOnly() { return }
        guard rename(temporary, target) == 0 else {
            throw .cannotCreate(path: target, reason: systemMessage())
        }
    }

    /// A hard link, unlike a rename, never replaces.
    ///
    /// - Returns: `false` on a file system without links, where only a look remains.
    private func linkOnly() throws(AudioWriteError) -> Bool {
        if link(temporary, target) == 0 { return true }
        try Self.check(target, false)
        return false
    }
}
