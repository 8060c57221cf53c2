import HTTPTypes
import Hummingbird
import Logging
import Storage
import WaxwingService

/// Answers repeats of a request as the first one was answered (`Idempotency-Key`), and lets none be done twice.
///
/// Behind authentication and limits: what those refuse is neither run nor kept.
struct Idempotency: RouterMiddleware {
    let keys: IdempotencyKeys

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard let keyed = try await IdempotentRequest(request, for: context.principal) else {
            return try await next(request, context)
        }
        let scope = context.account.map(IdempotencyScope.account) ?? .address(context.address)
        switch try await keys.claim(keyed.key, of: scope, for: keyed.fingerprint) {
        case .replay(let answer, let body):
            if let boundary = keyed.boundary {
                _ = try await BodyReading(boundary: boundary, expecting: body).drain(keyed.request.body)
            }
            var response = Response(answer)
            if request.isOfSync { response.headers[.xIdempotentReplay] = "true" }
            return response
        case .run(let ticket):
            return try await run(keyed, ticket, context, next)
        }
    }

    private func run(
        _ keyed: IdempotentRequest, _ ticket: IdempotencyTicket, _ context: APIContext,
        _ next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var (request, context) = (keyed.request, context)
        context.ticket = ticket
        let reading = keyed.boundary.map { BodyReading(boundary: $0, expecting: ticket.body) }
        if let reading {
            request.body = RequestBody(
                asyncSequence: WatchedBody(body: request.body, reading: reading) { body in
                    try await keys.note(body, for: ticket)
                })
        }
        do {
            let response = try await keys.renewing(ticket) { try await next(request, context) }
            if let kept = try await keep(response, of: ticket, ifRead: reading, context) { return kept }
            await afterwards(context) { try await keys.abandon(ticket) }
            return response
        } catch {
            let failure = context.answer(failure: Failure(error) ?? .internalError)
            guard !Self.saysNothing(error), let kept = try await keep(failure, of: ticket, ifRead: reading, context)
            else {
                await afterwards(context) { try await keys.abandon(ticket) }
                throw error
            }
            throw KeptFailure(response: kept, cause: error)
        }
    }

    /// An answer that was given before the body had come in refuses it, whatever it is, and is given anew.
    ///
    /// - Returns: nil where a repeat is to be run.
    private func keep(
        _ response: Response, of ticket: IdempotencyTicket, ifRead reading: BodyReading?, _ context: APIContext
    ) async throws -> Response? {
        guard reading?.isPassed ?? true, KeptAnswer.isKept(status: response.status.code) else {
            return nil
        }
        let kept = try await response.kept()
        await afterwards(context) { try await keys.finish(ticket, kept?.answer) }
        return kept?.same ?? response
    }

    /// Whether a request ended without a word on what it asked for: its client is gone, or its key is another's.
    private static func saysNothing(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError, is IdempotencyRefusal, ObjectStoreError.bodyFailed(is IdempotencyRefusal): true
        default: false
        }
    }

    /// Not in the present task, which a disconnecting client cancels. What fails here costs the next one who asks a lease.
    private func afterwards(_ context: APIContext, _ work: @escaping @Sendable () async throws -> Void) async {
        await Task {
            do {
                try await work()
            } catch {
                context.logger.warning("an answer is not kept for repeats", metadata: ["error": "\(error)"])
            }
        }.value
    }
}
