import Auth
import Billing
import HTTPTypes
import Hummingbird
import WaxwingService

/// `/dev/…`: the pages of the payment provider that is none, there in development alone.
struct DevelopmentRoutes: RouteGroup {
    static let chapter = "Pages"
    let payments: DevelopmentPayments
    let sameOrigin: SameOrigin

    var routes: [Route] {
        [
            Route(page: .get, "/dev/checkout/{id}", use: show),
            Route(page: .post, "/dev/checkout/{id}", use: submit),
            Route(page: .get, "/dev/portal") { _, _ in
                HTMLPage(
                    title: "Cards and bills",
                    content: """
                        <p>There are none in development: 'waxwing dev billing' fails payments, turns time and refunds.</p>
                        <p>\(HTML.link("/billing", "Back"))</p>
                        """
                ).response()
            },
        ]
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        let checkout = try await find(context)
        let items = checkout.items.map { "<li>\(String($0.quantity)) × \($0.price.text)</li>" as HTML }
        let path = DevelopmentPayments.checkoutPath + checkout.id
        return HTMLPage(
            title: "Pay, in development",
            content: """
                <ul>\(HTML.join(items))</ul>
                \(HTML.button("Pay", postsTo: path, ("card", "good")))
                \(HTML.button("Pay with a card that fails", postsTo: path, ("card", "bad")))
                <p>\(HTML.link(checkout.cancelURL, "Back, without paying"))</p>
                """
        ).response()
    }

    @Sendable private func submit(_ request: Request, context: APIContext) async throws -> Response {
        try sameOrigin.checkOwnForm(request)
        let form = try await request.form()
        let checkout = try await find(context)
        do throws(PaymentError) {
            _ = try await payments.complete(checkout: checkout.id, paying: form["card"] != "bad")
        } catch {
            throw ServiceError(error)
        }
        return .redirect(to: checkout.successURL, type: .normal)
    }

    private func find(_ context: APIContext) async throws -> DevelopmentCheckout {
        do throws(PaymentError) {
            return try await payments.checkout(context.parameters.get("id") ?? "")
        } catch {
            throw error == .notFound ? ServiceError.notFound("checkout") : ServiceError(error)
        }
    }
}
