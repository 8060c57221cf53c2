import Storage

/// One call of S3's interface, before it is signed.
struct S3Request: Sendable {
    enum Body: Sendable {
        case none
        case bytes([UInt8], sha256: String? = nil)
        /// Read anew for each attempt; its SHA-256 is known.
        case stream(size: Int, sha256: String, @Sendable () -> ByteStream)
        /// Read anew for each attempt; signed chunk by chunk as it goes.
        case chunked(size: Int, @Sendable () -> ByteStream)
    }

    var method: String
    /// Nil for the bucket itself.
    var key: ObjectKey?
    var query: [SignableRequest.Field] = []
    var headers: [SignableRequest.Field] = []
    var body = Body.none

    init(_ method: String, _ key: ObjectKey? = nil, query: [(String, String)] = []) {
        (self.method, self.key) = (method, key)
        self.query = query.map { SignableRequest.Field($0.0, $0.1) }
    }

    /// Bytes of the body over the wire.
    var size: Int {
        switch body {
        case .none: 0
        case .bytes(let bytes, _): bytes.count
        case .stream(let size, _, _), .chunked(let size, _): size
        }
    }
}
