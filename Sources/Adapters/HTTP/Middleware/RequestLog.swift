import HTTPTypes
import Hummingbird
import Logging
import WaxwingService

/// The outermost layer: an id on every answer, every error as an envelope, one log line and one count a request.
struct RequestLog: RouterMiddleware {
    let metrics: MetricRegistry
    /// Whether clients reach the service by TLS: then browsers are told never to come otherwise.
    let isSecure: Bool

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        metrics.add(1, to: .httpInFlight)
        defer { metrics.add(-1, to: .httpInFlight) }
        var response: Response
        do {
            response = try await next(request, context)
        } catch is CancellationError {
            log(request, context, status: 499, since: started, error: nil)
            throw CancellationError()
        } catch let failed as KeptFailure {
            log(
                request, context, status: failed.response.status.code, since: started,
                error: Failure(failed.cause) == nil ? String(reflecting: failed.cause) : nil)
            count(Failure(failed.cause))
            return finished(failed.response, request, context)
        } catch {
            let failure = Failure(error)
            response = context.answer(failure: failure ?? .internalError)
            log(
                request, context, status: response.status.code, since: started,
                error: failure == nil ? String(reflecting: error) : nil)
            count(failure)
            return finished(response, request, context)
        }
        if context.isStream, request.method != .head {
            count(request, context, response.status.code, since: started)
            return finished(logged(response, request, context, since: started), request, context)
        }
        let isReplayed = response.headers[.idempotentReplayed] != nil
        log(request, context, status: response.status.code, since: started, error: nil, isReplayed: isReplayed)
        return finished(response, request, context)
    }

    private func count(_ failure: Failure?) {
        metrics.add(to: .httpErrors, (failure ?? .internalError).code)
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
        if request.headers[.upgrade] != nil, response.status != .switchingProtocols {
            response.headers[.connection] = "close"
        }
        if request.method != .head { count(&response.body, of: context) }
        return response
    }

    private func count(_ body: inout ResponseBody, of context: APIContext) {
        let route = context.route
        if let length = body.contentLength {
            metrics.add(Double(length), to: .httpBytes, route)
        } else {
            body = body.map { [metrics] bytes in
                metrics.add(Double(bytes.readableBytes), to: .httpBytes, route)
                return bytes
            }
        }
    }

    /// What is no page is never shown as one, nor framed.
    private static let unlessSaid: [(HTTPField.Name, String)] = [
        (.cacheControl, "no-store"), (.referrerPolicy, "same-origin"),
        (.contentSecurityPolicy, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ]

    private func log(
        _ request: Request, _ context: APIContext, status: Int, since started: ContinuousClock.Instant, error: String?,
        isReplayed: Bool = false
    ) {
        if isReplayed { metrics.add(to: .httpReplays) }
        count(request, context, status, since: started)
        write(request, context, status, since: started, error: error, isReplayed: isReplayed)
    }

    /// A stream is a line when it ends, with the time it took; how long its head took is counted as any other's.
    private func logged(
        _ response: Response, _ request: Request, _ context: APIContext, since started: ContinuousClock.Instant
    ) -> Response {
        var logged = response
        let code = response.status.code
        logged.body = ResponseBody { [body = response.body] writer in
            defer { write(request, context, code, since: started, error: nil) }
            try await body.write(writer)
        }
        return logged
    }

    private func count(
        _ request: Request, _ context: APIContext, _ status: Int, since started: ContinuousClock.Instant
    ) {
        let method = request.method.known
        metrics.add(to: .httpRequests, method, context.route, "\(status)")
        metrics.observe(started.duration(to: .now), in: .httpDuration, method, context.route, "\(status / 100)xx")
    }

    private func write(
        _ request: Request, _ context: APIContext, _ status: Int, since started: ContinuousClock.Instant,
        error: String?, isReplayed: Bool = false
    ) {
        let level = error == nil ? Logger.Level.info : .error
        guard level >= context.logger.logLevel else { return }
        let seconds = started.duration(to: .now).inSeconds
        var metadata: Logger.Metadata = [
            "method": "\(request.method.rawValue)", "path": "\(request.uri.path)", "status": .stringConvertible(status),
            "duration": .stringConvertible((seconds * 1_000_000).rounded() / 1000),
        ]
        if let user = context.account { metadata["user"] = "\(user)" }
        if isReplayed { metadata["replayed"] = "true" }
        if let error { metadata["error"] = "\(error)" }
        context.logger.log(level: level, "request", metadata: metadata)
    }
}

extension APIContext {
    /// The pattern, not the path: there are few of them.
    fileprivate var route: String { endpointPath ?? "unmatched" }
}

extension HTTPRequest.Method {
    /// A client may call a method what it likes.
    fileprivate var known: String {
        [.get, .head, .post, .put, .patch, .delete, .options].contains(self) ? rawValue : "other"
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
