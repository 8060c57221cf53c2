import Crypto
import Foundation

/// The file behind one object: its bytes, then what is known about them.
///
/// `body · JSON · SHA-256 of the JSON (32 bytes) · length of the JSON (8 bytes, big-endian) · "WAXWING1"`. One file
/// makes a put one rename; the body comes first, so a sample in the folder still opens in any audio editor.
struct LocalObjectTrailer: Codable {
    let key: String
    let size: Int
    /// SHA-256 of the body, hexadecimal.
    let sha256: String
    let modified: Timestamp
    let attributes: ObjectAttributes
    /// Of an object made of parts: which upload, and which of its parts.
    let mark: String?

    static let magic = Array("WAXWING1".utf8)
    /// Bytes after the JSON.
    static let ending = 48
    /// A JSON longer than this was not written by the store.
    static let longest = 1 << 20

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let json = Array(try encoder.encode(self))
        let length = withUnsafeBytes(of: UInt64(json.count).bigEndian) { Array($0) }
        return json + Array(SHA256.hash(data: json)) + length + Self.magic
    }

    /// Nil when the file does not end as it should.
    static func read(from file: borrowing FileHandleOwner) throws(ObjectStoreError) -> LocalObjectTrailer? {
        let total = try file.size()
        guard total >= ending else { return nil }
        let tail = try file.read(at: total - ending, count: ending)
        guard tail.count == ending, Array(tail[40...]) == magic else { return nil }
        let length = tail[32..<40].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let count = Int(exactly: length), count <= min(longest, total - ending) else { return nil }
        let json = try file.read(at: total - ending - count, count: count)
        guard Array(SHA256.hash(data: json)) == Array(tail[..<32]),
            let trailer = try? JSONDecoder().decode(LocalObjectTrailer.self, from: Data(json)),
            trailer.size == total - ending - count
        else { return nil }
        return trailer
    }

    func info(for key: ObjectKey) -> ObjectInfo {
        ObjectInfo(key: key, size: size, etag: sha256, modified: modified, attributes: attributes)
    }
}
