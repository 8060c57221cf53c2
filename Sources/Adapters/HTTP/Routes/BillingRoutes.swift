import Auth
import Billing
import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import WaxwingService

/// Plans, and what accounts have of them: at `/api/billing/…`, and what is asked for most at `/api/…` too.
struct BillingRoutes: RouteGroup {
    static let chapter = "Billing"
    let subscriptions: WaxwingService.Subscriptions
    let usage: UsageReports

    var routes: [Route] {
        let twice = [
            Route(
                .post, "/api/subscribe", "subscribe", "Begins a subscription: the answer's page is where it is paid.",
                status: .created, use: subscribe),
            Route(
                .post, "/api/cancel", "cancelSubscription",
                "Cancels the subscription at the end of the period, or at once.", use: cancel),
            Route(.get, "/api/subscription", "showSubscription", "What the account has, and why.", use: show),
            Route(
                .get, "/api/usage", "showUsage", "What is used of each limit, and what was done by day, with its cost.",
                query: [
                    QueryParameter("from", .string(format: "date"), "The first day."),
                    QueryParameter("to", .string(format: "date"), "The last day."),
                    QueryParameter("format", .oneOf(["json", "csv"]), "`csv` for the days alone, as a file."),
                ], answers: [AnswerDescription(.ok, .json(UsageView.self), .text("text/csv"))], use: showUsage),
        ]
        let again = twice.map { route in
            route.also(
                at: route.path.replacing("/api/", with: "/api/billing/"), "\(route.name)InBilling")
        }
        return twice + again + [
            Route(
                .post, "/api/billing/resume", "resumeSubscription", "Takes back a cancellation that is not due yet.",
                use: resume),
            Route(
                .post, "/api/billing/swap", "changeSubscription",
                "Changes the plan: to more at once, to less from the next period on.", use: swap),
            Route(
                .post, "/api/billing/portal", "openPortal", "The provider's page for cards and bills.",
                status: .created, use: openPortal),
            Route(
                .get, "/api/billing/invoices", "listInvoices", "The bills, newest first.", list: "invoices",
                use: invoices),
        ]
    }

    private struct Wish: DescribedBody {
        let plan: String
        let interval: String?
        let addOns: [String: Int]?
        let successUrl: String?
        let cancelUrl: String?

        static let example = Wish(
            plan: "pro", interval: "month", addOns: ["storage-100gb": 1],
            successUrl: "https://sounds.example.com/thanks", cancelUrl: "https://sounds.example.com/plans")

        func read() throws -> PlanWish {
            PlanWish(plan: plan, interval: try interval?.choice(of: "interval"), addOns: addOns ?? [:])
        }
    }

    @Sendable private func subscribe(
        _ form: Wish, _ request: Request, context: APIContext
    ) async throws -> CheckoutView {
        let checkout = try await subscriptions.subscribe(
            to: form.read(), comingBackTo: form.successUrl, orTo: form.cancelUrl,
            servedAt: request.origin(in: context), for: context.requirePrincipal(), from: request.source(in: context),
            once: context.ticket)
        return CheckoutView(checkout)
    }

    private struct Cancellation: DescribedBody {
        /// At once instead of when the period ends.
        let now: Bool?

        static let example = Cancellation(now: false)
    }

    @Sendable private func cancel(
        _ form: Cancellation?, _ request: Request, context: APIContext
    ) async throws -> SubscriptionView {
        let overview = try await subscriptions.cancel(
            atPeriodEnd: form?.now != true, for: context.requirePrincipal(), from: request.source(in: context),
            once: context.ticket)
        return SubscriptionView(overview)
    }

    @Sendable private func resume(_ request: Request, context: APIContext) async throws -> SubscriptionView {
        let overview = try await subscriptions.resume(
            for: context.requirePrincipal(), from: request.source(in: context),
            once: context.ticket)
        return SubscriptionView(overview)
    }

    @Sendable private func swap(
        _ form: Wish, _ request: Request, context: APIContext
    ) async throws -> SubscriptionView {
        let overview = try await subscriptions.change(
            to: form.read(), for: context.requirePrincipal(), from: request.source(in: context),
            once: context.ticket)
        return SubscriptionView(overview)
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> SubscriptionView {
        SubscriptionView(try await subscriptions.overview(of: context.requirePrincipal()))
    }

    /// `?from=&to=`, days as `2026-11-21`; `&format=csv` for the days alone, as a file.
    @Sendable private func showUsage(_ request: Request, context: APIContext) async throws -> Response {
        let overview = try await usage.report(
            of: context.requirePrincipal(), from: request.day("from"), through: request.day("to"))
        switch try request.parameter("format") {
        case "csv":
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/csv; charset=utf-8", .contentDisposition: "attachment; filename=\"usage.csv\"",
                ], body: .init(byteBuffer: ByteBuffer(string: overview.report.csv)))
        case "json", nil: return try context.answer(.ok, UsageView(overview))
        default: throw InvalidRequest(field: "format", choices: ["json", "csv"])
        }
    }

    private struct Return: DescribedBody {
        let returnUrl: String?

        static let example = Return(returnUrl: "https://sounds.example.com/account")
    }

    @Sendable private func openPortal(
        _ form: Return?, _ request: Request, context: APIContext
    ) async throws -> PortalView {
        let url = try await subscriptions.openPortal(
            for: context.requirePrincipal(), returningTo: form?.returnUrl, servedAt: request.origin(in: context))
        return PortalView(url: url)
    }

    @Sendable private func invoices(
        _ page: PageRequest, _ request: Request, context: APIContext
    ) async throws -> Page<InvoiceView> {
        try await subscriptions.invoices(of: context.requirePrincipal(), page).map(InvoiceView.init)
    }
}

/// What is open to everybody: the plans.
struct PlanRoutes: RouteGroup {
    static let chapter = "Billing"
    let subscriptions: WaxwingService.Subscriptions

    var routes: [Route] {
        [
            Route(
                .get, "/api/billing/plans", "listPlans", "What can be had: plans with prices, limits and add-ons.",
                use: list)
        ]
    }

    @Sendable private func list(_ request: Request, context: APIContext) -> [PlanOffer] { subscriptions.offers }
}
