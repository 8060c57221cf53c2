import Jobs
import Storage

/// Posts webhooks to the addresses that tenants name.
///
/// Only the head of the answer counts: a receiver that said yes has the webhook, however its connection ends.
public struct CheckedWebhookSender: WebhookSender {
    private let http: OutboundHTTP
    private let limit: Duration
    private let clock: any WallClock

    /// - Parameters:
    ///   - http: the one for tenants' addresses, never the one for the operator's own providers.
    ///   - limit: for a whole attempt.
    public init(_ http: OutboundHTTP, limit: Duration = .seconds(20), clock: any WallClock = SystemClock()) {
        (self.http, self.limit, self.clock) = (http, limit, clock)
    }

    public func send(_ request: WebhookRequest) async throws(DeliveryFailure) -> WebhookAnswer {
        let post = try post(request)
        do throws(OutboundFailure) {
            let answer = try await http.send(post)
            let retryAfter = answer["Retry-After"].flatMap { RetryAfter.wait($0, at: clock.now()) }
            return WebhookAnswer(status: answer.status, retryAfter: retryAfter)
        } catch {
            // The one sentence for all failures: its owner reads it, and is told nothing of the network inside.
            throw error.mayPass ? .passing("\(error)") : .final("\(error)")
        }
    }

    private func post(_ request: WebhookRequest) throws(DeliveryFailure) -> OutboundRequest {
        do throws(OutboundHeaderProblem) {
            var post = try OutboundRequest(.post, request.url, headers: request.headers, body: request.body)
            (post.limits.total, post.limits.body) = (limit, 0)
            return post
        } catch {
            throw .final("\(error)")
        }
    }
}
