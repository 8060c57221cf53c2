import Crypto
import Foundation
import Synchronization

/// A put on its way: a locked temporary file that vanishes unless it was moved into place.
final class StagedFile: Sendable {
    private struct State: ~Copyable {
        let file: FileHandleOwner
        var hash = SHA256()
        var size = 0
    }

    let path: String
    private let state: Mutex<State>

    init(path: String) throws(ObjectStoreError) {
        let file = try FileHandleOwner(creating: path)
        try file.lock()
        self.path = path
        state = Mutex(State(file: file))
    }

    deinit {
        // After the rename there is nothing at this path any more.
        unlink(path)
    }

    func write(_ chunk: [UInt8]) throws(ObjectStoreError) {
        try state.withLock { state throws(ObjectStoreError) in
            try state.file.write(chunk)
            state.hash.update(data: chunk)
            state.size += chunk.count
        }
    }

    /// Writes the trailer and waits for the disk.
    func finish(
        key: ObjectKey, modified: Timestamp, _ attributes: ObjectAttributes, mark: String? = nil
    ) throws(ObjectStoreError)
        -> LocalObjectTrailer
    {
        try state.withLock { state throws(ObjectStoreError) in
            let trailer = LocalObjectTrailer(
                key: key.text, size: state.size, sha256: Checksum.hex(state.hash.finalize()), modified: modified,
                attributes: attributes, mark: mark)
            guard let bytes = try? trailer.encoded(), bytes.count <= LocalObjectTrailer.longest else {
                throw .full("the attributes are larger than \(LocalObjectTrailer.longest) bytes")
            }
            try state.file.write(bytes)
            try state.file.synchronize()
            return trailer
        }
    }
}

/// An object being read. A put that replaces the object meanwhile does not disturb it: the old file stays open.
final class LocalObjectReader: Sendable {
    private static let chunk = 256 << 10

    let info: ObjectInfo
    let mark: String?
    private let key: ObjectKey
    private let file: FileHandleOwner

    init(key: ObjectKey, path: String) throws(ObjectStoreError) {
        file = try FileHandleOwner(reading: path, of: key)
        guard let trailer = try LocalObjectTrailer.read(from: file), trailer.key.utf8.elementsEqual(key.text.utf8)
        else { throw .corrupted(key) }
        (self.key, info, mark) = (key, trailer.info(for: key), trailer.mark)
    }

    /// The bytes of `range`. The whole object is checked against its SHA-256 before its last chunk is given.
    func stream(_ range: Range<Int>) -> ByteStream {
        ByteStream {
            let progress = Progress(offset: range.lowerBound)
            return { try await blocking { try self.next(progress, range) } }
        }
    }

    private final class Progress: Sendable {
        let state: Mutex<(offset: Int, hash: SHA256)>

        init(offset: Int) {
            state = Mutex((offset, SHA256()))
        }
    }

    private func next(_ progress: Progress, _ range: Range<Int>) throws(ObjectStoreError) -> [UInt8]? {
        try progress.state.withLock { state throws(ObjectStoreError) in
            let count = min(Self.chunk, range.upperBound - state.offset)
            guard count > 0 else { return nil }
            let bytes = try file.read(at: state.offset, count: count)
            guard bytes.count == count else { throw .corrupted(key) }
            state.offset += count
            state.hash.update(data: bytes)
            if state.offset == info.size, range.lowerBound == 0,
                Checksum.hex(state.hash.finalize()) != info.etag
            {
                throw .corrupted(key)
            }
            return bytes
        }
    }
}
