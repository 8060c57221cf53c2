import HTTPTypes
import Hummingbird
import WaxwingService

/// Takes no compressed bodies: a megabyte of one may be a gigabyte.
struct PlainBodies: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let codings = request.headers[values: .contentEncoding]
        guard codings.allSatisfy({ $0.lowercased() == "identity" }) else {
            var response = context.answer(failure: .compressedBody)
            // RFC 9110 §12.5.3: what may be sent instead.
            response.headers[.acceptEncoding] = "identity"
            return response
        }
        return try await next(request, context)
    }
}
