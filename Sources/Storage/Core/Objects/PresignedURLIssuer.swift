/// A store that can hand out URLs carrying their own permission, so that bytes never pass through this program.
///
/// A URL is good for one method and one key, until it expires. `PresignedURLPromise` checks it.
public protocol PresignedURLIssuer: ObjectStore {
    /// - Parameter duration: 1 s to 7 days; parts of a second are dropped.
    /// - Throws: ``ObjectStoreError/refused(_:)`` for another duration, or attributes that no header can carry.
    func presign(
        _ access: PresignedAccess, to key: ObjectKey, expiresIn duration: Duration
    ) async throws(ObjectStoreError) -> PresignedRequest
}

/// What the holder of a URL may do.
public enum PresignedAccess: Equatable, Sendable {
    /// Read the object, whole or in ranges.
    ///
    /// - Parameter downloadName: under which a browser saves it, instead of showing it.
    case get(downloadName: String? = nil)
    /// Put an object of exactly `size` bytes with exactly these attributes; anything else is refused by the store.
    case put(size: Int, ObjectAttributes)
    /// As ``put(size:_:)``, but only where no object is: what arrived once cannot be exchanged any more.
    case create(size: Int, ObjectAttributes)
}

/// A request that anybody may send as it stands.
public struct PresignedRequest: Equatable, Sendable {
    public let method: String
    public let url: String
    /// To be sent with exactly these values, besides what HTTP itself adds.
    public let headers: [String: String]
    public let expires: Timestamp

    public init(method: String, url: String, headers: [String: String], expires: Timestamp) {
        (self.method, self.url, self.headers, self.expires) = (method, url, headers, expires)
    }
}

/// A store that lets clients send the parts of a big upload themselves.
public protocol PresignedPartIssuer: PresignedURLIssuer, MultipartUploading {
    /// - Parameters:
    ///   - number: one of ``UploadedPart/numbers``.
    ///   - size: of the part, exactly.
    func presign(
        part number: Int, size: Int, of upload: MultipartUpload, expiresIn duration: Duration
    ) async throws(ObjectStoreError) -> PresignedRequest
}
