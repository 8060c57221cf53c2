import Crypto
import Storage

/// A body read to its end: in memory, or on the disk when it is longer than memory is meant for.
struct HeldBody {
    enum Bytes {
        case memory([UInt8])
        case disk(SpoolFile)
    }

    let bytes: Bytes
    let size: Int
    let sha256: String

    init(_ body: ByteStream, _ configuration: S3Configuration) async throws(ObjectStoreError) {
        var (held, hash, size) = ([UInt8](), SHA256(), 0)
        var file: SpoolFile?
        let chunks = body.makeAsyncIterator()
        while let chunk = try await chunks.nextOfBody() {
            size += chunk.count
            hash.update(data: chunk)
            if file == nil, held.count + chunk.count > configuration.memoryLimit {
                let first = held
                held = []
                file = try await blocking { () throws(ObjectStoreError) in
                    let file = try SpoolFile(folder: configuration.spoolFolder)
                    try file.append(first)
                    return file
                }
            }
            if let file {
                try await blocking { () throws(ObjectStoreError) in try file.append(chunk) }
            } else {
                held += chunk
            }
        }
        bytes = file.map { .disk($0) } ?? .memory(held)
        (self.size, sha256) = (size, Checksum.hex(hash.finalize()))
    }
}

extension SpoolFile {
    /// 256 KiB at a time.
    func stream(_ range: Range<Int>) -> ByteStream {
        ByteStream {
            let place = Place(range)
            return {
                guard let next = await place.next() else { return nil }
                return try await blocking { () throws(ObjectStoreError) in
                    try self.read(at: next.lowerBound, count: next.count)
                }
            }
        }
    }

    private actor Place {
        private var rest: Range<Int>

        init(_ range: Range<Int>) {
            rest = range
        }

        func next() -> Range<Int>? {
            guard !rest.isEmpty else { return nil }
            let next = rest.prefix(256 << 10)
            rest = next.endIndex..<rest.upperBound
            return next.startIndex..<next.endIndex
        }
    }
}
