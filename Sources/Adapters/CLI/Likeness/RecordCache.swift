import AudioCore
import Foundation

/// Records of files that were analysed before, in one file.
///
/// Layout: eight bytes `WAXWREC\n`, the versions of layout, vectors and fingerprints, how many records, the records, and a checksum
/// (FNV-1a, 64 bits) over all before it. A cache that is damaged or of another version is made anew: nothing is in it
/// that the audio does not tell. It is replaced as a whole, so that a reader sees the old or the new one; of two programs
/// that write at once the later one stays.
struct RecordCache {
    private static let magic = Array("WAXWREC\n".utf8)

    /// `nil` keeps nothing.
    let path: String?
    private(set) var records: [String: SoundRecord] = [:]
    /// Why an existing file was not used.
    private(set) var complaint: String?
    private var isChanged = false

    /// `$XDG_CACHE_HOME/waxwing/sounds`, or the same below `~/.cache`.
    static var usualPath: String {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (home ?? NSHomeDirectory() + "/.cache") + "/waxwing/sounds"
    }

    /// - Throws: ``OutputProblem`` for a file that is something else.
    init(path: String?) throws {
        self.path = path
        guard let path, FileManager.default.fileExists(atPath: path) else { return }
        guard let data = FileManager.default.contents(atPath: path) else {
            complaint = "cannot be read"
            return
        }
        if let read = Self.read(Array(data)) {
            records = read
        } else if !data.isEmpty, !data.starts(with: Self.magic) {
            throw OutputProblem("\(path.printable) is no cache: --cache names a file of its own")
        } else {
            complaint = "is damaged or of another version, and is made anew"
        }
    }

    /// The record of a file, if the file is still the same.
    func record(of path: String, stamp: FileStamp) -> SoundRecord? {
        records[path].flatMap { $0.stamp == stamp ? $0 : nil }
    }

    mutating func add(_ record: SoundRecord) {
        records[record.path] = record
        isChanged = true
    }

    mutating func forget(_ path: String) {
        if records.removeValue(forKey: path) != nil { isChanged = true }
    }

    /// Forgets the files below `folder` that are not among `found`; none where nothing was found: a disk that is not
    /// mounted looks like that.
    mutating func forget(below folder: String, but found: Set<String>) {
        let inside = folder.hasSuffix("/") ? folder : folder + "/"
        guard found.contains(where: { $0.hasPrefix(inside) }) else { return }
        for path in records.keys where path.hasPrefix(inside) && !found.contains(path) {
            records[path] = nil
            isChanged = true
        }
    }

    /// Writes the file, if there is anything new.
    mutating func save() throws {
        guard let path, isChanged else { return }
        let target = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(Self.written(records.values)).write(to: target, options: .atomic)
        } catch {
            throw OutputProblem("the cache cannot be written: check the folder and the space on its disk")
        }
        isChanged = false
    }
}

extension RecordCache {
    private static func written(_ records: some Collection<SoundRecord>) -> [UInt8] {
        var writer = ByteWriter()
        for byte in magic { writer.put(byte) }
        writer.put(SoundRecord.layout)
        writer.put(UInt32(SimilarityVector.currentVersion))
        writer.put(UInt32(Fingerprint.currentVersion))
        writer.put(UInt32(clamping: records.count))
        for record in records { record.write(to: &writer) }
        writer.put(checksum(writer.bytes[...]))
        return writer.bytes
    }

    private static func read(_ bytes: [UInt8]) -> [String: SoundRecord]? {
        guard bytes.count >= magic.count + 24, bytes.starts(with: magic) else { return nil }
        let body = bytes[..<(bytes.count - 8)]
        var end = ByteReader(bytes[(bytes.count - 8)...])
        guard end.take(UInt64.self) == checksum(body) else { return nil }
        var reader = ByteReader(body[magic.count...])
        guard reader.take(UInt32.self) == SoundRecord.layout,
            reader.take(UInt32.self) == UInt32(SimilarityVector.currentVersion),
            reader.take(UInt32.self) == UInt32(Fingerprint.currentVersion), let count = reader.take(UInt32.self)
        else { return nil }
        var records: [String: SoundRecord] = [:]
        for _ in 0..<count {
            guard let record = SoundRecord(&reader) else { return nil }
            records[record.path] = record
        }
        return reader.isAtEnd ? records : nil
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { bytes in
            var sum: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
            return sum
        }
    }
}
