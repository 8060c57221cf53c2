/// Why a signed request is not let in.
public enum SigV4Refusal: Error, Equatable, Sendable {
    /// There is no signature, or two.
    case missing
    case ambiguous
    /// A parameter or the header is not as it must be; the text names it.
    case malformed(String)
    case unknownAccessKey
    case signatureDoesNotMatch
    case expired
    /// Signed for another time: more than 15 minutes from now.
    case timeTooSkewed
    /// A header that must be signed is not; the text names it.
    case unsignedHeader(String)
    /// The body is not the one that was signed.
    case payloadMismatch
    case incompleteBody
    /// The checksum after the body is another.
    case badDigest

    /// The status that S3 answers with.
    public var status: Int {
        switch self {
        case .missing, .unknownAccessKey, .signatureDoesNotMatch, .expired, .timeTooSkewed, .unsignedHeader: 403
        case .ambiguous, .malformed, .payloadMismatch, .incompleteBody, .badDigest: 400
        }
    }

    /// S3's name for it.
    public var code: String {
        switch self {
        case .missing, .expired, .unsignedHeader: "AccessDenied"
        case .ambiguous: "InvalidArgument"
        case .malformed: "AuthorizationQueryParametersError"
        case .unknownAccessKey: "InvalidAccessKeyId"
        case .signatureDoesNotMatch: "SignatureDoesNotMatch"
        case .timeTooSkewed: "RequestTimeTooSkewed"
        case .payloadMismatch: "XAmzContentSHA256Mismatch"
        case .incompleteBody: "IncompleteBody"
        case .badDigest: "BadDigest"
        }
    }
}

extension SigV4Refusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing: "the request is not signed: sign it, or use a signed URL"
        case .ambiguous: "the request is signed twice: send the signature once, in the header or in the query"
        case .malformed(let part): "\(part) is not as Signature Version 4 writes it: sign the request anew"
        case .unknownAccessKey: "the access key is not known here: check the credentials"
        case .signatureDoesNotMatch: "the signature is not that of this request: check the secret, and what changed it"
        case .expired: "the signed URL is too old: ask for a new one"
        case .timeTooSkewed: "the request was signed for another time: set the clock of the machine that signs"
        case .unsignedHeader(let name): "the header '\(name)' must be signed: leave it out, or sign it"
        case .payloadMismatch: "the body is not the one that was signed: send the same bytes"
        case .incompleteBody: "the body is shorter or longer than announced: send it again"
        case .badDigest: "the body does not have its checksum: send it again"
        }
    }
}
