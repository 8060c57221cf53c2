#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A regular file, read at given places.
final class InputFile {
    /// Bytes, when it was opened.
    let size: Int
    /// For a child process; nothing here ever moves its position.
    let descriptor: CInt

    init(path: String) throws(AudioError) {
        // O_NONBLOCK: opening a pipe must not wait for a writer before it is refused.
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            throw .cannotOpen(path: path, reason: systemMessage())
        }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw .cannotOpen(path: path, reason: "not a regular file")
        }
        (descriptor, size) = (opened, Int(clamping: status.st_size))
    }

    deinit { close(descriptor) }

    /// Fills `buffer` from `offset` on; fewer bytes only at the end of the file.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(AudioError) -> Int {
        var filled = 0
        while filled < buffer.count, let position = offset.adding(filled), position >= 0 {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(position))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .cannotRead(reason: systemMessage()) }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Up to `count` bytes from `offset` on; `count` is a constant of the caller, not of the file.
    func bytes(at offset: Int, count: Int) throws(AudioError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: AudioError?
        let filled = bytes.withUnsafeMutableBytes { buffer in
            do throws(AudioError) {
                return try read(at: offset, into: buffer)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        bytes.removeLast(count - filled)
        return bytes
    }
}

func systemMessage() -> String {
    String(cString: strerror(errno))
}
