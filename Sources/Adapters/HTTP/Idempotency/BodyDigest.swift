import Crypto
import Foundation
import WaxwingService

/// The fingerprint of a body that comes in chunk by chunk.
///
/// A form that is sent twice has another boundary each time. So of a form each stretch between two delimiters is hashed, and
/// then the hashes, which is the same whatever the boundary, and differs wherever the forms do. A body of another kind is
/// one stretch.
struct BodyDigest {
    /// With the line break that is part of it (RFC 2046 §5.1.1).
    private let delimiter: [UInt8]?
    /// What may be the beginning of a delimiter.
    private var held: [UInt8]
    private var stretch = SHA256()
    private var whole = SHA256()
    /// Bytes of all stretches so far.
    private(set) var length = 0

    /// - Parameter boundary: of a form; nil for a body of another kind.
    init(boundary: String? = nil) {
        delimiter = boundary.map { Array("\r\n--\($0)".utf8) }
        // The first delimiter has no line break before it.
        held = delimiter == nil ? [] : [0x0D, 0x0A]
    }

    mutating func update(_ bytes: some Collection<UInt8>) {
        guard let delimiter else { return hash(bytes[...]) }
        held += bytes
        var start = 0
        while let found = held.firstIndex(of: delimiter, from: start) {
            hash(held[start..<found])
            endStretch()
            start = found + delimiter.count
        }
        let safe = max(start, held.count - (delimiter.count - 1))
        hash(held[start..<safe])
        held.removeFirst(safe)
    }

    consuming func finish() -> BodyFingerprint {
        hash(held[...])
        endStretch()
        return BodyFingerprint(length: length, digest: Array(whole.finalize()))
    }

    private mutating func hash(_ bytes: some Collection<UInt8>) {
        length += bytes.count
        if bytes.withContiguousStorageIfAvailable({ stretch.update(bufferPointer: UnsafeRawBufferPointer($0)) }) == nil
        {
            stretch.update(data: Array(bytes))
        }
    }

    private mutating func endStretch() {
        stretch.finalize().withUnsafeBytes { whole.update(bufferPointer: $0) }
        stretch = SHA256()
    }
}
