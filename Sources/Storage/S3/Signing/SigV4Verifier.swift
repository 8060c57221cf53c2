import Crypto
import Storage

/// Checks signed requests, in header or query form. Stricter than S3: what a signer need not write is refused.
///
/// Unknown access keys take the same path as known ones, and signatures are compared in constant time.
public struct SigV4Verifier: Sendable {
    private let region: String
    private let service: String
    private let credentials: @Sendable (_ accessKeyID: String) -> S3Credentials?

    /// - Parameter credentials: nil for an access key that is not known.
    public init(
        region: String, service: String = "s3",
        credentials: @escaping @Sendable (_ accessKeyID: String) -> S3Credentials?
    ) {
        (self.region, self.service, self.credentials) = (region, service, credentials)
    }

    /// - Parameter request: as it came in: every header, every parameter, the path as it was on the wire.
    /// - Returns: the check that the body must pass before anything is stored.
    public func verify(_ request: SignableRequest, at now: Timestamp) throws(SigV4Refusal) -> SigV4BodyCheck {
        let inQuery = request.query.contains { $0.name.lowercased() == "x-amz-signature" }
        let inHeader = !request.values(of: "authorization").isEmpty
        switch (inHeader, inQuery) {
        case (false, false): throw .missing
        case (true, true): throw .ambiguous
        case (true, false): return try verifyHeader(request, at: now)
        case (false, true): return try verifyQuery(request, at: now)
        }
    }

    private func verifyHeader(_ request: SignableRequest, at now: Timestamp) throws(SigV4Refusal) -> SigV4BodyCheck {
        let claim = try SigV4Claim(authorization: Self.single("authorization", of: request))
        let date = try Self.single("x-amz-date", of: request)
        guard let signed = Timestamp(signingDate: date) else { throw .malformed("x-amz-date") }
        let payload = try Self.single("x-amz-content-sha256", of: request)
        let token = request.values(of: "x-amz-security-token")
        try check(claim, request, date: date, payload: payload, token: token.count > 1 ? "two" : token.first)
        guard abs((now - signed).components.seconds) <= 900 else { throw .timeTooSkewed }
        return try bodyCheck(claim, request, payload: payload, date: date)
    }

    private func verifyQuery(_ request: SignableRequest, at now: Timestamp) throws(SigV4Refusal) -> SigV4BodyCheck {
        var parameters: [String: String] = [:]
        for field in request.query where field.name.lowercased().hasPrefix("x-amz-") {
            guard parameters.updateValue(field.value, forKey: field.name.lowercased()) == nil else { throw .ambiguous }
            // Any other spelling of these names is not what a signer wrote.
            if let name = SigV4Claim.parameters[field.name.lowercased()], name != field.name { throw .malformed(name) }
        }
        var unsigned = request
        unsigned.query.removeAll { $0.name.lowercased() == "x-amz-signature" }
        let claim = try SigV4Claim(query: parameters)
        guard let date = parameters["x-amz-date"], let signed = Timestamp(signingDate: date) else {
            throw .malformed("X-Amz-Date")
        }
        // Digits only: `Int` would take a sign.
        guard let text = parameters["x-amz-expires"], text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let expires = Int(text), SigV4Payload.expiry.contains(expires)
        else { throw .malformed("X-Amz-Expires") }
        try check(
            claim, unsigned, date: date, payload: SigV4Payload.unsigned, token: parameters["x-amz-security-token"])
        guard signed <= now + .seconds(900) else { throw .timeTooSkewed }
        guard now <= signed + .seconds(expires) else { throw .expired }
        return try bodyCheck(claim, request, payload: SigV4Payload.unsigned, date: date)
    }

    private func check(
        _ claim: SigV4Claim, _ request: SignableRequest, date: String, payload: String, token: String?
    ) throws(SigV4Refusal) {
        guard claim.signedHeaders.contains("host") else { throw .unsignedHeader("host") }
        for name in request.headerNames where name.hasPrefix("x-amz-") && !claim.signedHeaders.contains(name) {
            throw .unsignedHeader(name)
        }
        for name in claim.signedHeaders where request.values(of: name).isEmpty { throw .signatureDoesNotMatch }

        // An unknown key is signed with some secret all the same: the answer comes no sooner.
        let known = credentials(claim.accessKeyID)
        let expected = claim.scope.signature(
            of: claim.scope.stringToSign(
                request.canonical(signedHeaders: claim.signedHeaders, payload: payload), date: date),
            secret: known?.secretAccessKey ?? "unknown")
        let isMatch = Self.equal(expected, claim.signature)
        let isScope = claim.scope == SigningScope(day: String(date.prefix(8)), region: region, service: service)
        let isToken = Self.equal(token ?? "", known?.sessionToken ?? "")
        guard known != nil else { throw .unknownAccessKey }
        guard isMatch, isScope, isToken else { throw .signatureDoesNotMatch }
    }

    private func bodyCheck(
        _ claim: SigV4Claim, _ request: SignableRequest, payload: String, date: String
    ) throws(SigV4Refusal) -> SigV4BodyCheck {
        let key = claim.scope.key(secret: credentials(claim.accessKeyID)?.secretAccessKey ?? "unknown")
        return try SigV4BodyCheck(
            request, payload: payload,
            ChunkChain(scope: claim.scope, date: date, key: key, last: claim.signature))
    }

    private static func single(_ header: String, of request: SignableRequest) throws(SigV4Refusal) -> String {
        let values = request.values(of: header)
        guard let value = values.first, values.count == 1 else { throw .malformed(header) }
        return value
    }

    /// In a time that depends on the lengths only.
    static func equal(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
