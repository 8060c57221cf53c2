import HTTPTypes
import Hummingbird

/// Tells browsers which other sites may read an answer (CORS).
///
/// The one who asks is named, if they are listed; else there is no header at all, and the browser keeps the answer to
/// itself. Cookies are never allowed along (`Access-Control-Allow-Credentials`): pages of other sites bring a token, which
/// no browser adds by itself, so that being listed is worth nothing to a page without one.
struct CrossOrigin: RouterMiddleware {
    let allowed: AllowedOrigins

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard !allowed.isEmpty else { return response }
        response.headers.vary(by: "Origin")
        guard let origin = request.headers[.origin], allowed.contains(origin) else { return response }
        response.headers[.accessControlAllowOrigin] = origin
        if request.isPreflight {
            response.headers[.accessControlAllowMethods] = response.headers[.allow]
            response.headers[.accessControlAllowHeaders] = Self.sent
            response.headers[.accessControlMaxAge] = "7200"
        } else {
            response.headers[.accessControlExposeHeaders] = Self.seen
        }
        return response
    }

    /// What pages may send besides what they always may.
    private static let sent = [
        "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-Modified-Since", "If-None-Match",
        "If-Range",
        "If-Unmodified-Since", "Last-Event-ID", "Range", "X-API-Key", "X-Device-ID", "X-Idempotency-Key",
    ].joined(separator: ", ")

    /// What they may see besides what they always see.
    private static let seen = [
        "Accept-Ranges", "Content-Disposition", "Content-Range", "ETag", "Idempotent-Replayed", "Location",
        "Retry-After", "X-Idempotent-Replay",
        "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-ID",
    ].joined(separator: ", ")
}

extension Request {
    /// Whether a browser asks if it may send something for a page of another site.
    var isPreflight: Bool {
        method == .options && headers[.origin] != nil && headers[.accessControlRequestMethod] != nil
    }
}

extension HTTPFields {
    /// Says that the answer depends on a header of the request.
    mutating func vary(by name: String) {
        let names = (self[.vary] ?? "").split(separator: ",").map { $0.trimmingBlanks.lowercased() }
        guard !names.contains(name.lowercased()), !names.contains("*") else { return }
        self[.vary] = names.isEmpty ? name : "\(self[.vary] ?? ""), \(name)"
    }
}
