import Storage

/// Signs requests with AWS Signature Version 4: in a header, in the query, and chunk by chunk.
///
/// Source: AWS, "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference.
public struct SigV4Signer: Sendable {
    let credentials: S3Credentials
    let region: String
    let service: String

    public init(credentials: S3Credentials, region: String, service: String = "s3") {
        (self.credentials, self.region, self.service) = (credentials, region, service)
    }

    /// Adds `x-amz-date`, the session's token and `Authorization`.
    ///
    /// - Parameters:
    ///   - request: with `host`, and everything else that must not change on the way; every header of it is signed.
    ///   - payload: what S3 wants in `x-amz-content-sha256` too: SHA-256 of the body, hexadecimal, or
    ///     ``SigV4Payload/unsigned`` or ``SigV4Payload/streaming``.
    /// - Returns: the signature, the seed of a chunked body's.
    @discardableResult
    public func sign(_ request: inout SignableRequest, payload: String, at now: Timestamp) -> String {
        let date = now.signingDate
        request.headers.append(.init("x-amz-date", date))
        if let token = credentials.sessionToken { request.headers.append(.init("x-amz-security-token", token)) }
        let (scope, names) = (scope(date), request.headerNames)
        let signature = scope.signature(
            of: scope.stringToSign(request.canonical(signedHeaders: names, payload: payload), date: date),
            secret: credentials.secretAccessKey)
        request.headers.append(
            .init(
                "Authorization",
                "\(SigningScope.algorithm) Credential=\(credentials.accessKeyID)/\(scope.text), "
                    + "SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"))
        return signature
    }

    /// Puts permission and expiry into the query: whoever has the URL may make this one request.
    ///
    /// - Parameters:
    ///   - request: with `host` and the headers that its sender must give with exactly these values.
    ///   - expires: 1…604,800 seconds.
    /// - Returns: the signature, which is also the last parameter of the query.
    @discardableResult
    public func presign(
        _ request: inout SignableRequest, expires: Int, payload: String = SigV4Payload.unsigned, at now: Timestamp
    ) -> String {
        precondition(SigV4Payload.expiry.contains(expires), "a signed URL lives 1 to 604,800 seconds")
        let date = now.signingDate
        let (scope, names) = (scope(date), request.headerNames)
        request.query += [
            .init("X-Amz-Algorithm", SigningScope.algorithm),
            .init("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope.text)"),
            .init("X-Amz-Date", date),
            .init("X-Amz-Expires", String(expires)),
            .init("X-Amz-SignedHeaders", names.joined(separator: ";")),
        ]
        if let token = credentials.sessionToken { request.query.append(.init("X-Amz-Security-Token", token)) }
        let signature = scope.signature(
            of: scope.stringToSign(request.canonical(signedHeaders: names, payload: payload), date: date),
            secret: credentials.secretAccessKey)
        request.query.append(.init("X-Amz-Signature", signature))
        return signature
    }

    func scope(_ date: String) -> SigningScope {
        SigningScope(day: String(date.prefix(8)), region: region, service: service)
    }
}

/// What stands for the body in a signature.
public enum SigV4Payload {
    public static let unsigned = "UNSIGNED-PAYLOAD"
    /// The body comes in chunks that are signed one by one.
    public static let streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    /// The body comes in unsigned chunks, with a checksum after the last.
    public static let unsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    /// SHA-256 of no bytes.
    public static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Seconds.
    static let expiry = 1...604_800
}
