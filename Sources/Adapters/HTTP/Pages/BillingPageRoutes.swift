import Auth
import Billing
import HTTPTypes
import Hummingbird
import WaxwingService

/// `/billing`, for browsers: every form is posted by a page of ours, or refused.
struct BillingPageRoutes: RouteGroup {
    static let chapter = "Pages"
    let subscriptions: WaxwingService.Subscriptions
    let signIn: SignIn
    let sameOrigin: SameOrigin

    var routes: [Route] {
        [
            Route(page: .get, "/billing", use: show),
            Route(page: .post, "/billing/subscribe", use: subscribe),
            Route(page: .post, "/billing/swap", use: swap),
            Route(page: .post, "/billing/cancel") { request, context in
                try await change(request, context, "It is cancelled: what is paid for is yours until its end.") {
                    caller, source in
                    try await subscriptions.cancel(atPeriodEnd: true, for: caller, from: source)
                }
            },
            Route(page: .post, "/billing/resume") { request, context in
                try await change(request, context, "It goes on.") { caller, source in
                    try await subscriptions.resume(for: caller, from: source)
                }
            },
            Route(page: .post, "/billing/portal", use: openPortal),
        ]
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        guard let caller = try? await signIn.authenticate(request.credentials(context)) else {
            return .redirect(to: "/signin?next=/billing", type: .normal)
        }
        let notice =
            request.uri.queryParameters["paid"] == "true"
            ? "Thank you. As soon as the provider tells of the payment, the plan below is yours." : nil
        return try await page(for: caller, notice: notice).response()
    }

    @Sendable private func subscribe(_ request: Request, context: APIContext) async throws -> Response {
        try await submitted(request, context) { caller, form, source in
            let checkout = try await subscriptions.subscribe(
                to: try wish(form), comingBackTo: nil, orTo: nil, servedAt: request.origin(in: context), for: caller,
                from: source)
            return BillingPage.leave(to: checkout.url, "Pay", "Go on to the payment").response()
        }
    }

    @Sendable private func swap(_ request: Request, context: APIContext) async throws -> Response {
        try await submitted(request, context) { caller, form, source in
            let interval = form["interval"].flatMap(BillingInterval.init)
            let wish = try await subscriptions.wish(for: form["plan"] ?? "", interval, keepingAddOnsOf: caller)
            _ = try await subscriptions.change(to: wish, for: caller, from: source)
            return try await page(for: caller, notice: "The plan is changed.").response()
        }
    }

    @Sendable private func openPortal(_ request: Request, context: APIContext) async throws -> Response {
        try await submitted(request, context) { caller, _, _ in
            let url = try await subscriptions.openPortal(
                for: caller, returningTo: nil, servedAt: request.origin(in: context))
            return BillingPage.leave(to: url, "Cards and bills", "Go on to cards and bills").response()
        }
    }

    private func change(
        _ request: Request, _ context: APIContext, _ notice: String,
        _ change: (Principal, RequestOrigin) async throws -> SubscriptionOverview
    ) async throws -> Response {
        try await submitted(request, context) { caller, _, source in
            _ = try await change(caller, source)
            return try await page(for: caller, notice: notice).response()
        }
    }

    /// The form of somebody who is signed in; what is refused is said on the page they came from.
    private func submitted(
        _ request: Request, _ context: APIContext,
        _ act: (Principal, [String: String], RequestOrigin) async throws -> Response
    ) async throws -> Response {
        try sameOrigin.checkOwnForm(request)
        let form = try await request.form()
        let caller = try await signIn.authenticate(request.credentials(context))
        do {
            return try await act(caller, form, request.source(in: context))
        } catch let error as ServiceError {
            let current = try await page(for: caller)
            return context.page(for: error) { current.with(problem: $0) }
        }
    }

    private func wish(_ form: [String: String]) throws -> PlanWish {
        PlanWish(plan: form["plan"] ?? "", interval: form["interval"].flatMap(BillingInterval.init), addOns: [:])
    }

    private func page(for caller: Principal, notice: String? = nil) async throws -> HTMLPage {
        BillingPage.billing(
            try await subscriptions.overview(of: caller), subscriptions.offers,
            takesPayments: subscriptions.takesPayments, notice: notice)
    }
}
