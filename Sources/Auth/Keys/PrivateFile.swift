import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An open file that only its owner may touch, closed with its last use.
struct PrivateFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Nil when there is no such file. A symbolic link in the last place is refused.
    static func reading(_ path: String) throws(KeyFileError) -> PrivateFile? {
        // O_NONBLOCK: opening a pipe must not wait for a writer.
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        if descriptor < 0 && errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: lastError) }
        let file = PrivateFile(descriptor: descriptor, path: path)
        try file.checkPrivate()
        return file
    }

    static func creating(_ path: String) throws(KeyFileError) -> PrivateFile {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .notCreated(path: path, reason: lastError) }
        return PrivateFile(descriptor: descriptor, path: path)
    }

    private init(descriptor: Int32, path: String) {
        (self.descriptor, self.path) = (descriptor, path)
    }

    deinit {
        close(descriptor)
    }

    private func checkPrivate() throws(KeyFileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: Self.lastError) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a plain file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .openToOthers(path: path, mode: UInt32(status.st_mode & 0o777))
        }
    }

    /// Nothing of a file longer than `limit`, so that it is not taken for a whole one.
    func read(upTo limit: Int) throws(KeyFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var filled = 0
        while filled < bytes.count {
            let got = bytes[filled...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(filled))
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(path: path, reason: Self.lastError) }
            if got == 0 { break }
            filled += got
        }
        return filled > limit ? [] : Array(bytes[..<filled])
    }

    /// Returns once the bytes are on the disk.
    func write(_ bytes: [UInt8]) throws(KeyFileError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .notCreated(path: path, reason: Self.lastError) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw .notCreated(path: path, reason: Self.lastError) }
    }

    /// Gives the file a second name; somebody else's file under that name is left alone.
    static func link(_ path: String, to name: String) throws(KeyFileError) {
        guard makeLink(path, name) == 0 || errno == EEXIST else {
            throw .notCreated(path: name, reason: lastError)
        }
        try keepName(name)
    }

    /// Puts the file in the place of the one that has the name.
    static func rename(_ path: String, to name: String) throws(KeyFileError) {
        guard moveFile(path, name) == 0 else { throw .notCreated(path: name, reason: lastError) }
        try keepName(name)
    }

    /// The new name, too, must survive a power cut.
    private static func keepName(_ name: String) throws(KeyFileError) {
        let parent = URL(filePath: name).deletingLastPathComponent().path(percentEncoded: false)
        let folder = open(parent, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw .notCreated(path: name, reason: lastError) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .notCreated(path: name, reason: lastError) }
    }

    static func remove(_ path: String) {
        unlink(path)
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}

private func makeLink(_ path: String, _ name: String) -> Int32 {
    link(path, name)
}

private func moveFile(_ path: String, _ name: String) -> Int32 {
    rename(path, name)
}
