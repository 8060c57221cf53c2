import AudioCore
import Foundation
import NIOCore

/// A file to be sent, as it is now.
struct LocalFile: Sendable {
    let path: String
    let stamp: ContentStamp

    var name: String { (path as NSString).lastPathComponent }
    var size: Int { stamp.size }

    /// - Throws: ``FileProblem`` for what is no file, or cannot be read.
    init(path: String) throws {
        // Told before it is opened: a folder has no size, and a pipe may never have a writer.
        guard let stamp = ContentStamp(path), stamp.size < 1 << 40 else {
            throw FileProblem(path: path, reason: "is no file that can be sent")
        }
        (self.path, self.stamp) = (path, stamp)
    }

    /// - Throws: ``FileProblem`` when the file is not what it was any more.
    func checkUnchanged() throws {
        guard ContentStamp(path) == stamp else {
            throw FileProblem(path: path, reason: "was changed while it was sent: give the command again")
        }
    }

    func open() throws -> FileHandle {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw FileProblem(path: path, reason: "cannot be read")
        }
        return file
    }

    /// What the first bytes say it is; nil for no audio that is known.
    func format() throws -> AudioFormat? {
        let file = try open()
        defer { try? file.close() }
        return (try? file.read(upToCount: AudioFormat.sniffLength)).flatMap { AudioFormat.sniff($0) }
    }
}

/// By which a file is known to be the same as before, without reading it.
struct ContentStamp: Codable, Equatable, Sendable {
    let size: Int
    /// Nanoseconds since 1970.
    let modified: Int
    let inode: UInt64

    /// Nil for what is no file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, let size = Int(exactly: status.st_size)
        else { return nil }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        let (seconds, isOver) = Int(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        self.size = size
        modified = isOver ? Int(time.tv_sec) : seconds &+ Int(time.tv_nsec)
        inode = UInt64(status.st_ino)
    }
}

/// Bytes of a file between what goes before and after them, in pieces.
struct FileBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    var head = ""
    let file: LocalFile
    let range: Range<Int>
    var tail = ""
    let progress: TransferProgress

    var count: Int { head.utf8.count + range.count + tail.utf8.count }

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    final class Iterator: AsyncIteratorProtocol {
        private enum Place { case head, file(FileHandle, left: Int), end }

        private let body: FileBody
        private var place = Place.head
        /// What has been told to the progress, and is taken back when the body is sent anew.
        private var told = 0

        init(body: FileBody) { self.body = body }

        deinit {
            if case .end = place { return }
            body.progress.add(-told)
        }

        func next() async throws -> ByteBuffer? {
            switch place {
            case .head:
                let handle = try body.file.open()
                try handle.seek(toOffset: UInt64(body.range.lowerBound))
                place = .file(handle, left: body.range.count)
                return body.head.isEmpty ? try await next() : ByteBuffer(string: body.head)
            case .file(let handle, let left):
                guard left > 0 else {
                    place = .end
                    try? handle.close()
                    return body.tail.isEmpty ? nil : ByteBuffer(string: body.tail)
                }
                guard let piece = try handle.read(upToCount: Swift.min(left, 256 << 10)), !piece.isEmpty else {
                    throw FileProblem(path: body.file.path, reason: "became shorter while it was sent")
                }
                place = .file(handle, left: left - piece.count)
                told += piece.count
                body.progress.add(piece.count)
                return ByteBuffer(bytes: piece)
            case .end: return nil
            }
        }
    }
}
