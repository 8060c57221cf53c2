import HTTPTypes
import Hummingbird
import Logging

/// The outermost layer: an id on every answer, every error as an envelope, one log line and one count a request.
struct RequestLog: RouterMiddleware {
    let metrics: ServerMetrics
    /// Whether clients reach the service by TLS: then browsers are told never to come otherwise.
    let isSecure: Bool

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch is CancellationError {
            log(request, context, status: 499, since: started, error: nil)
            throw CancellationError()
        } catch {
            let failure = Failure(error)
            response = context.answer(failure: failure ?? .internalError)
            log(
                request, context, status: response.status.code, since: started,
                error: failure == nil ? String(reflecting: error) : nil)
            return finished(response, request, context)
        }
        log(request, context, status: response.status.code, since: started, error: nil)
        return finished(response, request, context)
    }

    private func finished(_ response: Response, _ request: Request, _ context: APIContext) -> Response {
        var response = response
        response.headers[.requestID] = context.id
        response.headers.tell(context.rate.verdict)
        response.headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in Self.unlessSaid where response.headers[name] == nil { response.headers[name] = value }
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        // The HTTP/1 decoder reads nothing more after a message that offered an upgrade: a client that went on using
        // the connection would wait for ever.
        if request.headers[.upgrade] != nil { response.headers[.connection] = "close" }
        return response
    }

    /// What is no page is never shown as one, nor framed.
    private static let unlessSaid: [(HTTPField.Name, String)] = [
        (.cacheControl, "no-store"), (.referrerPolicy, "same-origin"),
        (.contentSecurityPolicy, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ]

    private func log(
        _ request: Request, _ context: APIContext, status: Int, since started: ContinuousClock.Instant, error: String?
    ) {
        let duration = started.duration(to: .now)
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        let route = context.endpointPath ?? "unmatched"
        metrics.count(method: request.method.rawValue, route: route, status: status, seconds: seconds)
        var metadata: Logger.Metadata = [
            "method": "\(request.method.rawValue)", "path": "\(request.uri.path)", "status": .stringConvertible(status),
            "duration": .stringConvertible((seconds * 1_000_000).rounded() / 1000),
        ]
        if let user = context.account { metadata["user"] = "\(user)" }
        if let error { metadata["error"] = "\(error)" }
        context.logger.log(level: error == nil ? .info : .error, "request", metadata: metadata)
    }
}
