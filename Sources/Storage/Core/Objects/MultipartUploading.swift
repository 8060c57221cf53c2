/// A store to which a big object comes in parts: in any order, beside each other, again after a failure.
///
/// Nothing is seen at the key before ``complete(_:_:)``. An upload that is neither completed nor aborted keeps its
/// parts, and on most services costs money: sweep them with ``abortUploads(prefix:begunBefore:)``.
/// `MultipartPromise` checks it.
public protocol MultipartUploading: ObjectStore {
    /// Bytes a part may have; the last may have fewer.
    var partSizes: ClosedRange<Int> { get }

    func beginUpload(
        at key: ObjectKey, _ attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> MultipartUpload

    /// Sends one part; the same number again replaces it.
    ///
    /// - Parameter number: one of ``UploadedPart/numbers``; their order is that of the bytes.
    func uploadPart(
        _ number: Int, _ bytes: [UInt8], of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart

    /// Sends one part as its bytes come in; a store without a way of its own collects them first.
    ///
    /// - Throws: ``ObjectStoreError/bodyFailed(_:)`` with the stream's own error if it breaks: nothing has arrived then.
    func uploadPart(
        _ number: Int, _ body: ByteStream, of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart

    /// What has arrived, by number: where an upload goes on after a crash.
    func parts(of upload: MultipartUpload) async throws(ObjectStoreError) -> [UploadedPart]

    /// Makes one object of the parts. Again after it succeeded, it gives the same answer.
    ///
    /// - Parameter parts: all that arrived, by number; some stores drop one that is not named, others refuse it.
    /// - Throws: ``ObjectStoreError/refused(_:)`` for a part that did not arrive, is another than named, or too small.
    func complete(
        _ upload: MultipartUpload, _ parts: [UploadedPart]
    ) async throws(ObjectStoreError) -> ObjectInfo

    /// Drops the upload and its parts. Dropping one that is gone succeeds.
    func abort(_ upload: MultipartUpload) async throws(ObjectStoreError)

    /// Uploads that were begun and not ended, in byte order of their keys.
    func uploads(prefix: String) async throws(ObjectStoreError) -> [MultipartUpload]
}

extension ObjectStoreError {
    package static func noUpload(_ upload: MultipartUpload) -> ObjectStoreError {
        .refused("there is no such upload at '\(upload.key)': begin it again")
    }

    package static func noPart(of upload: MultipartUpload) -> ObjectStoreError {
        .refused("a part of '\(upload.key)' did not arrive, or is another: list the parts, send what is missing")
    }

    package static func smallPart(of upload: MultipartUpload, least: Int) -> ObjectStoreError {
        .refused("a part of '\(upload.key)' is too small: all but the last have at least \(least) bytes")
    }
}

extension MultipartUploading {
    /// - Throws: ``ObjectStoreError/refused(_:)`` for a part that the store never takes.
    package func checkPart(_ number: Int, size: Int = 0) throws(ObjectStoreError) {
        guard UploadedPart.numbers.contains(number), (0...partSizes.upperBound).contains(size) else {
            let (most, largest) = (UploadedPart.numbers.upperBound, partSizes.upperBound)
            throw .refused("parts have numbers from 1 to \(most), and at most \(largest) bytes")
        }
    }
}

extension MultipartUpload {
    /// Tells the object made of these parts of this upload from every other.
    ///
    /// - Throws: ``ObjectStoreError/refused(_:)`` unless there is at least one part, in the order of their numbers.
    func mark(_ parts: [UploadedPart]) throws(ObjectStoreError) -> String {
        try UploadedPart.check(parts)
        return Checksum.sha256("\(id) " + parts.map { "\($0.number):\($0.etag)" }.joined(separator: ","))
    }
}

/// An upload on its way.
public struct MultipartUpload: Hashable, Codable, Sendable {
    public let key: ObjectKey
    /// The store's name for it.
    public let id: String
    public let begun: Timestamp

    public init(key: ObjectKey, id: String, begun: Timestamp) {
        (self.key, self.id, self.begun) = (key, id, begun)
    }
}

/// A part that arrived.
public struct UploadedPart: Hashable, Codable, Sendable {
    /// An upload has so many at most, on every service.
    public static let numbers = 1...10_000

    public let number: Int
    /// Bytes.
    public let size: Int
    /// Opaque, without quotes.
    public let etag: String

    public init(number: Int, size: Int, etag: String) {
        (self.number, self.size, self.etag) = (number, size, etag)
    }

    /// - Throws: ``ObjectStoreError/refused(_:)`` for parts of which no object is made.
    package static func check(_ parts: [UploadedPart]) throws(ObjectStoreError) {
        guard !parts.isEmpty, zip(parts, parts.dropFirst()).allSatisfy({ $0.number < $1.number }) else {
            throw .refused("an upload is completed with at least one part, in the order of their numbers")
        }
    }
}

extension MultipartUploading {
    public func uploadPart(
        _ number: Int, _ body: ByteStream, of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        let bytes: [UInt8]
        do {
            bytes = try await body.collected()
        } catch {
            throw .bodyFailed(error)
        }
        return try await uploadPart(number, bytes, of: upload)
    }

    /// Drops uploads that nobody will end any more.
    ///
    /// - Returns: those dropped.
    @discardableResult
    public func abortUploads(
        prefix: String, begunBefore limit: Timestamp
    ) async throws(ObjectStoreError) -> [MultipartUpload] {
        let old = try await uploads(prefix: prefix).filter { $0.begun < limit }
        for upload in old { try await abort(upload) }
        return old
    }
}
