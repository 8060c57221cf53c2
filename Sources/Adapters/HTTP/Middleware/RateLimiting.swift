import HTTPTypes
import Hummingbird
import Storage
import Synchronization
import WaxwingService

/// Refuses what is more than the rules allow: 429, with `Retry-After`.
///
/// Behind ``Authentication`` rules by account see who is signed in; before it, only the address.
struct RateLimiting: RouterMiddleware {
    let limiter: RateLimiter
    let rules: [RateRule]

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        try await limiter.count(context, against: rules)
        return try await next(request, context)
    }
}

/// Counts who was not let in: by address, as nobody knows the account.
///
/// Before ``Authentication``. The first tries get that one's own answer, so that a token that has expired costs nothing.
struct RefusalLimiting: RouterMiddleware {
    let limiter: RateLimiter
    let rules: [RateRule]

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch ServiceError.unauthorized(let message) {
            try await limiter.count(context, against: rules)
            throw ServiceError.unauthorized(message)
        }
    }
}

extension RateLimiter {
    /// - Throws: ``ServiceError/rateLimited(retryAfter:_:)``.
    fileprivate func count(_ context: APIContext, against rules: [RateRule]) async throws {
        let action = RateAction(
            address: context.address, account: context.account?.text, route: context.endpointPath)
        guard let verdict = await count(action, against: rules) else { return }
        context.rate.note(verdict, at: clock.now())
        guard let wait = verdict.retryAfter else { return }
        throw ServiceError.rateLimited(
            retryAfter: wait, "too many requests: try again in \(wait.components.seconds + 1) s")
    }
}

/// The verdict on one request. Shared by the copies of its context: errors are answered further out than limits are counted.
final class RateNote: Sendable {
    private let noted = Mutex<Noted?>(nil)

    struct Noted: Equatable, Sendable {
        let verdict: RateVerdict
        /// When all of the limit is there again.
        let reset: Timestamp
    }

    var verdict: Noted? { noted.withLock { $0 } }

    func note(_ verdict: RateVerdict, at now: Timestamp) {
        noted.withLock { $0 = Noted(verdict: verdict, reset: now + verdict.reset) }
    }
}

extension HTTPFields {
    /// `X-RateLimit-Reset` is the time in seconds since 1970, rounded up, when all of the limit is there again.
    mutating func tell(_ noted: RateNote.Noted?) {
        guard let noted else { return }
        self[.rateLimit] = String(noted.verdict.limit)
        self[.rateLimitRemaining] = String(noted.verdict.remaining)
        self[.rateLimitReset] = String((noted.reset.milliseconds + 999) / 1000)
    }
}
