/// A ZIP archive of files on the disk, kept as they are, with ZIP64 where it is needed.
///
/// Its length is known before it is written, and no more of it than one chunk is ever held. Checksums are taken beforehand,
/// so that its headers are whole: the simplest readers take it, and those that read from the front.
package struct ZIPArchive: Sendable {
    private enum Piece: Sendable {
        case bytes([UInt8])
        case file(path: String, ZIPEntry)
    }

    private static let chunk = 256 << 10

    package let entries: [ZIPEntry]
    /// Bytes of the whole archive.
    package let size: Int
    private let pieces: [Piece]

    /// Reads every file once, for its checksum. Blocks: not for the cooperative pool.
    ///
    /// - Parameters:
    ///   - files: names in the archive and paths on the disk, in the order in which they are written; a name that ends with `/`
    ///     is a folder, and has no path.
    ///   - modified: of all of them.
    /// - Throws: ``ZIPError``; ``ObjectStoreError`` for a file that cannot be read.
    package init(_ files: [(name: String, path: String?)], modified: Timestamp) throws {
        var (entries, pieces, directory, offset) = ([ZIPEntry](), [Piece](), [UInt8](), 0)
        for (name, path) in files {
            let (size, checksum) = try path.map(Self.sum) ?? (0, 0)
            let entry = try ZIPEntry(name: name, size: size, checksum: checksum, modified: modified)
            let header = entry.localHeader
            directory += entry.directoryHeader(at: offset)
            offset += header.count + size
            entries.append(entry)
            pieces.append(.bytes(header))
            if let path { pieces.append(.file(path: path, entry)) }
        }
        let end = ZIPDirectoryEnd(entries: entries.count, size: directory.count, offset: offset).bytes
        pieces.append(.bytes(directory + end))
        (self.entries, self.pieces, size) = (entries, pieces, offset + directory.count + end.count)
    }

    /// Any number of readings.
    package var stream: ByteStream {
        ByteStream {
            let reading = Reading(pieces)
            return { try await reading.next() }
        }
    }

    private static func sum(_ path: String) throws -> (size: Int, checksum: UInt32) {
        let file = try FileHandleOwner(reading: path)
        var (size, sum) = (0, CRC32())
        while true {
            let bytes = try file.read(at: size, count: chunk)
            if bytes.isEmpty { return (size, sum.checksum) }
            sum.add(bytes)
            size += bytes.count
        }
    }

    private actor Reading {
        private var pieces: ArraySlice<Piece>
        /// In the file that is first.
        private var offset = 0

        init(_ pieces: [Piece]) {
            self.pieces = pieces[...]
        }

        func next() async throws -> [UInt8]? {
            while let piece = pieces.first {
                switch piece {
                case .bytes(let bytes):
                    pieces.removeFirst()
                    return bytes
                case .file(let path, let entry):
                    let (start, count) = (offset, min(ZIPArchive.chunk, entry.size - offset))
                    guard count > 0 else {
                        pieces.removeFirst()
                        offset = 0
                        continue
                    }
                    let bytes = try await blocking { () throws(ObjectStoreError) in
                        try FileHandleOwner(reading: path).read(at: start, count: count)
                    }
                    guard bytes.count == count else { throw ZIPError.changed(entry.name) }
                    offset += count
                    return bytes
                }
            }
            return nil
        }
    }
}

/// What a reader begins with (4.3.14 to 4.3.16).
struct ZIPDirectoryEnd {
    let entries: Int
    /// Bytes of the directory, and where it begins.
    let size: Int
    let offset: Int

    var bytes: [UInt8] {
        let isLong = entries >= 0xFFFF || size >= ZIPField.most || offset >= ZIPField.most
        var field = ZIPField()
        if isLong {
            field.put(0x0606_4B50, 4)
            field.put(44, 8)
            field.put(3 << 8 | ZIPField.version64, 2)
            field.put(ZIPField.version64, 2)
            field.put(0, 8)
            for value in [entries, entries, size, offset] { field.put(value, 8) }
            field.put(0x0706_4B50, 4)
            field.put(0, 4)
            field.put(offset + size, 8)
            field.put(1, 4)
        }
        field.put(0x0605_4B50, 4)
        field.put(0, 4)
        for _ in 0..<2 { field.put(min(entries, 0xFFFF), 2) }
        field.put(min(size, ZIPField.most), 4)
        field.put(min(offset, ZIPField.most), 4)
        field.put(0, 2)
        return field.bytes
    }
}
