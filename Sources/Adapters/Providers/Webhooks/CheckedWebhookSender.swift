import Jobs
import Storage

/// Posts webhooks to the addresses that tenants name.
///
/// Only the head of the answer counts: a receiver that said yes has the webhook, however its connection ends.
public struct CheckedWebhookSender: WebhookSender {
    /// For a whole attempt.
    public static let limit = Duration.seconds(20)

    private let http: OutboundHTTP
    private let clock: any WallClock

    /// - Parameter http: the one for tenants' addresses, never the one for the operator's own providers.
    public init(_ http: OutboundHTTP, clock: any WallClock = SystemClock()) {
        (self.http, self.clock) = (http, clock)
    }

    public func send(_ request: WebhookRequest) async throws(DeliveryFailure) -> WebhookAnswer {
        let post = try Self.post(request)
        do throws(OutboundFailure) {
            let answer = try await http.send(post)
            let retryAfter = answer["Retry-After"].flatMap { RetryAfter.wait($0, at: clock.now()) }
            return WebhookAnswer(status: answer.status, retryAfter: retryAfter)
        } catch {
            // The one sentence for all failures: its owner reads it, and is told nothing of the network inside.
            throw error.mayPass ? .passing("\(error)") : .final("\(error)")
        }
    }

    private static func post(_ request: WebhookRequest) throws(DeliveryFailure) -> OutboundRequest {
        do throws(OutboundHeaderProblem) {
            var post = try OutboundRequest(.post, request.url, headers: request.headers, body: request.body)
            (post.limits.total, post.limits.body) = (limit, 0)
            return post
        } catch {
            throw .final("\(error)")
        }
    }
}
