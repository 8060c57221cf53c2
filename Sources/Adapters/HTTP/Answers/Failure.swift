import Billing
import HTTPTypes
import Hummingbird
import Storage
import StrictJSON
import WaxwingService

/// How an error is told to a client.
struct Failure {
    let status: HTTPResponse.Status
    let code: String
    let message: String
    var field: String?
    var retryAfter: Duration?
    var details: LimitDetails?

    /// Nil for what is a fault of the service: the client learns only that there was one.
    init?(_ error: any Error) {
        switch error {
        case let error as ServiceError: self.init(error)
        case let error as MultipartError: self.init(error)
        case let error as Refusal: self.init(error)
        case ObjectStoreError.bodyFailed(let error as Refusal): self.init(error)
        case let error as InvalidRequest: self.init(.badRequest, "VALIDATION_ERROR", error.message, field: error.field)
        case let error as HTTPError: self.init(error)
        case let error as JSONRefusal: self.init(error)
        case let error as JSONFlaw: self.init(JSONRefusal.flawed(error))
        case is PreconditionFailed:
            self.init(
                .preconditionFailed, "CONFLICT",
                "it is another version than this request was meant for: read it again, then decide", field: "If-Match")
        case let error as SignedLinkRefusal: self.init(error)
        case let error as IdempotencyRefusal: self.init(error)
        case let error as WebSocketRefusal: self.init(error)
        case ObjectStoreError.bodyFailed(let error as IdempotencyRefusal): self.init(error)
        case ObjectStoreError.bodyFailed(let error as SignedLinkRefusal): self.init(error)
        case ObjectStoreError.rangeNotSatisfiable(_, let size):
            self.init(
                .rangeNotSatisfiable, "VALIDATION_ERROR", "the range lies outside the \(size) bytes of the file",
                field: "Range")
        case ObjectStoreError.full:
            self.init(.serviceUnavailable, "SERVICE_UNAVAILABLE", "storage is full: tell the operator, then try again")
        case ObjectStoreError.unavailable, DatabaseError.busy, DatabaseError.unavailable:
            self.init(
                .serviceUnavailable, "SERVICE_UNAVAILABLE", "storage is not available now: try again in a minute",
                retryAfter: .seconds(10))
        default: return nil
        }
    }

    /// All that there are.
    static let codes = [
        "VALIDATION_ERROR", "UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND", "CONFLICT", "PAYLOAD_TOO_LARGE",
        "UNSUPPORTED_MEDIA_TYPE", "UNPROCESSABLE", "UPGRADE_REQUIRED", "RATE_LIMIT_EXCEEDED", "QUOTA_EXCEEDED",
        "INTERNAL_ERROR", "SERVICE_UNAVAILABLE",
    ]

    static let internalError = Failure(
        .internalServerError, "INTERNAL_ERROR",
        "something went wrong here: try again, and name the request_id if it stays so")

    static let methodUnknown = Failure(
        .notImplemented, "VALIDATION_ERROR", "the method is none of this service: see the README for those there are")

    static let compressedBody = Failure(
        .unsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "the body is compressed: send it as it is",
        field: "Content-Encoding")

    /// - Parameter methods: that the address takes.
    static func methodNotAllowed(_ methods: String) -> Failure {
        Failure(.methodNotAllowed, "VALIDATION_ERROR", "this address does not take that method, but \(methods)")
    }

    init(_ refusal: Refusal) {
        self.init(refusal.status, refusal.code, refusal.message, retryAfter: refusal.retryAfter)
    }

    private init(
        _ status: HTTPResponse.Status, _ code: String, _ message: String, field: String? = nil,
        retryAfter: Duration? = nil, details: LimitDetails? = nil
    ) {
        (self.status, self.code, self.message) = (status, code, message)
        (self.field, self.retryAfter, self.details) = (field, retryAfter, details)
    }

    private init(_ refusal: JSONRefusal) {
        self.init(.badRequest, "VALIDATION_ERROR", refusal.description, field: refusal.field)
    }

    private init(_ error: ServiceError) {
        let message = error.description
        switch error {
        case .invalid(let field, _): self.init(.badRequest, "VALIDATION_ERROR", message, field: field)
        case .unauthorized: self.init(.unauthorized, "UNAUTHORIZED", message)
        case .forbidden: self.init(.forbidden, "FORBIDDEN", message)
        case .notFound: self.init(.notFound, "NOT_FOUND", message)
        case .conflict: self.init(.conflict, "CONFLICT", message)
        case .tooLarge(let limit):
            self.init(
                .contentTooLarge, "PAYLOAD_TOO_LARGE", message,
                details: LimitDetails(unit: "upload_bytes", limit: limit))
        case .unsupportedMedia: self.init(.unsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", message)
        case .unprocessable: self.init(.unprocessableContent, "UNPROCESSABLE", message)
        case .quotaExceeded(let excess):
            self.init(.tooManyRequests, "QUOTA_EXCEEDED", message, details: LimitDetails(excess))
        case .rateLimited(let wait, _):
            self.init(.tooManyRequests, "RATE_LIMIT_EXCEEDED", message, retryAfter: wait)
        case .unavailable:
            self.init(.serviceUnavailable, "SERVICE_UNAVAILABLE", message, retryAfter: .seconds(10))
        }
    }

    private init(_ error: SignedLinkRefusal) {
        let message = error.description
        switch error {
        case .malformed, .wrongSignature, .expired, .wrongMethod: self.init(.forbidden, "FORBIDDEN", message)
        case .lengthRequired: self.init(.lengthRequired, "VALIDATION_ERROR", message, field: "Content-Length")
        case .wrongLength: self.init(.badRequest, "VALIDATION_ERROR", message, field: "Content-Length")
        case .wrongType:
            self.init(.unsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", message, field: "Content-Type")
        }
    }

    private init(_ error: IdempotencyRefusal) {
        let (message, field) = (error.description, "Idempotency-Key")
        switch error {
        case .malformed: self.init(.badRequest, "VALIDATION_ERROR", message, field: field)
        case .running(let wait): self.init(.conflict, "CONFLICT", message, field: field, retryAfter: wait)
        case .takenOver: self.init(.conflict, "CONFLICT", message, field: field, retryAfter: .seconds(1))
        case .noAnswer: self.init(.conflict, "CONFLICT", message, field: field)
        case .otherRequest: self.init(.unprocessableContent, "UNPROCESSABLE", message, field: field)
        }
    }

    private init(_ error: WebSocketRefusal) {
        let message = error.description
        switch error {
        case .notOffered, .version, .otherTransport: self.init(.upgradeRequired, "UPGRADE_REQUIRED", message)
        case .malformed: self.init(.badRequest, "VALIDATION_ERROR", message)
        }
    }

    private init(_ error: MultipartError) {
        let field: String? = if case .missingFile(let field) = error { field } else { nil }
        self.init(.badRequest, "VALIDATION_ERROR", error.description, field: field)
    }

    /// What the router and its decoders throw.
    private init?(_ error: HTTPError) {
        switch error.status {
        case .notFound: self.init(.notFound, "NOT_FOUND", "there is no such route: see the README for those there are")
        case .unauthorized:
            self.init(
                .unauthorized, "UNAUTHORIZED", "sign in first: send the access token as 'Authorization: Bearer …'")
        case .contentTooLarge:
            self.init(.contentTooLarge, "PAYLOAD_TOO_LARGE", "the body is larger than this route takes")
        case .preconditionFailed:
            self.init(.preconditionFailed, "CONFLICT", "it has arrived before: what is there is not exchanged")
        case .badRequest: self.init(.badRequest, "VALIDATION_ERROR", error.body ?? "the request cannot be read")
        default: return nil
        }
    }
}

/// A part of a request that cannot be read.
struct InvalidRequest: Error {
    let field: String?
    let message: String
}

extension LimitDetails {
    fileprivate init(_ excess: QuotaExceeded) {
        self.init(
            unit: excess.unit.rawValue, limit: excess.limit, used: excess.taken, requested: excess.requested,
            resetsAt: excess.resetsAt)
    }
}
