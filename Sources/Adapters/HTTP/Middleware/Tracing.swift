import HTTPTypes
import Hummingbird
import Jobs
import Logging

/// Puts a request into the trace that its client says, or begins one: in its log lines, in the jobs it enqueues, and in
/// what is asked of others on its behalf.
struct Tracing: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let trace = Self.trace(of: request).next()
        var context = context
        context.logger[metadataKey: "trace_id"] = "\(trace.traceID)"
        return try await TraceContext.$current.withValue(trace) { try await next(request, context) }
    }

    /// Two headers are as good as none: nobody knows which is meant.
    static func trace(of request: Request) -> TraceContext {
        let headers = request.headers[values: .traceparent]
        return headers.count == 1 ? TraceContext(headers[0]) ?? .random() : .random()
    }
}
