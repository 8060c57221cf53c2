import Billing
import HTTPTypes
import Hummingbird
import NIOCore
import WaxwingService

/// `/api/webhook`: where the payment provider tells what happened. Nobody signs in; the signature is the proof.
///
/// No limit counts these requests: a provider that sends a day's events again is not to be turned away, and a forged one
/// costs one hash.
struct WebhookRoutes: RouteGroup {
    static let chapter = "Billing"
    let subscriptions: WaxwingService.Subscriptions

    var routes: [Route] {
        let receive = Route(
            .post, "/api/webhook", "receiveWebhook",
            "Where the payment provider tells what happened, signed by `Stripe-Signature`.",
            body: .media(MediaDescription("application/json") { _ in .anything }), use: receive)
        return [receive, receive.also(at: "/api/billing/webhook", "receiveWebhookInBilling")]
    }

    /// 200 once it is kept, and for one that was kept before; all else makes the provider send it again.
    @Sendable private func receive(_ request: Request, context: APIContext) async throws -> OutcomeView {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: WebhookIntake.largestBody)
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge)
        }
        let outcome = try await subscriptions.receive(
            Array(body.readableBytesView), signature: request.headers[.stripeSignature] ?? "")
        return OutcomeView(outcome: outcome)
    }
}

private struct OutcomeView: Described {
    let outcome: String

    static let example = OutcomeView(outcome: "applied")
}
