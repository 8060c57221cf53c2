import Billing
import Storage
import WaxwingService

/// The pages around paying, until a service has pages of its own. They work without scripts; forms go to ``BillingPageRoutes``.
enum BillingPage {
    static func billing(
        _ overview: SubscriptionOverview, _ offers: [PlanOffer], takesPayments: Bool, notice: String? = nil
    ) -> HTMLPage {
        let current = overview.entitlement
        let plans = offers.map { plan($0, of: overview, canBeBought: takesPayments) }
        return HTMLPage(
            title: "Plans and bills",
            content: """
                \(notice.map { "<p class=\"notice\">\($0)</p>" as HTML })
                <p>Your plan is <strong>\(title(of: current.planName, in: offers))</strong>\(state(of: overview)).</p>
                \(actions(on: overview, takesPayments: takesPayments))
                <h2>Used so far</h2>
                <ul class="usage">\(HTML.join(overview.balances.map { usage($0, current) }))</ul>
                <h2>Plans</h2>
                <div class="plans">\(HTML.join(plans))</div>
                <p>\(HTML.link("/", "Back"))</p>
                """)
    }

    /// A link, as no form of ours may lead to another site.
    static func leave(to url: String, _ title: String, _ label: String) -> HTMLPage {
        HTMLPage(
            title: title,
            content: """
                <p><a class="button" href="\(url)" rel="noreferrer">\(label)</a></p>
                <p>\(HTML.link("/billing", "Back"))</p>
                """)
    }

    private static func state(of overview: SubscriptionOverview) -> HTML? {
        guard let subscription = overview.subscription else { return nil }
        if overview.entitlement.ground == .grace {
            return ": the last payment failed\(overview.entitlement.changesAt.map { ", it stays until \(day($0))" })"
        }
        if subscription.status == .trialing {
            return ", on trial\(subscription.trialEndsAt.map { " until \(day($0))" })"
        }
        guard subscription.status.givesAccess, let end = subscription.period?.end else { return nil }
        if subscription.cancelsAtPeriodEnd { return ", until \(day(end)): it is cancelled" }
        if subscription.goesDown { return ", until \(day(end)): then it is a smaller one" }
        return ", paid until \(day(end))"
    }

    private static func usage(_ balance: QuotaBalance, _ entitlement: Entitlement) -> HTML {
        let (used, limit) = (balance.used + balance.held, balance.unit.limit(in: entitlement))
        let bar = limit.map {
            "<progress value=\"\(String(min(used, $0)))\" max=\"\(String(max($0, 1)))\"></progress>" as HTML
        }
        let text = "\(Amount.text(used, balance.unit))\(limit.map { " of \(Amount.text($0, balance.unit))" } ?? "")"
        let resets = limit == nil ? nil : balance.resetsAt.map { "<small>from 0 on \(day($0))</small>" as HTML }
        return "<li><span>\(Amount.title(balance.unit))</span> <span>\(text)</span>\(bar)\(resets)</li>"
    }

    private static func actions(on overview: SubscriptionOverview, takesPayments: Bool) -> HTML? {
        guard takesPayments, let subscription = overview.subscription, !subscription.status.isTerminal else {
            return nil
        }
        let end: HTML =
            subscription.cancelsAtPeriodEnd || subscription.status == .paused
            ? HTML.button("Go on with it", postsTo: "/billing/resume")
            : HTML.button("Cancel at the end of the period", postsTo: "/billing/cancel")
        return "\(end)\(HTML.button("Cards and bills", postsTo: "/billing/portal"))"
    }

    private static func plan(_ offer: PlanOffer, of overview: SubscriptionOverview, canBeBought: Bool) -> HTML {
        let isHad = overview.entitlement.planName == offer.name
        let changes = overview.subscription.map { !$0.status.isTerminal && $0.status != .incomplete } ?? false
        let buttons = offer.prices.map { price -> HTML in
            let label = "\(changes ? "Change to" : "Subscribe to") \(offer.title), \(price.text)"
            return HTML.button(
                label, postsTo: changes ? "/billing/swap" : "/billing/subscribe", ("plan", offer.name),
                ("interval", price.interval.rawValue))
        }
        // Who goes to a smaller plan at the period's end may keep the larger after all.
        let isWanted = !isHad || overview.subscription?.goesDown == true
        let prices = offer.prices.map { "<p class=\"price\">\($0.text)</p>" as HTML }
        return """
            <section\(isHad ? " class=\"had\"" as HTML : nil)><h3>\(offer.title)\(isHad ? " (yours)" : "")</h3>
            \(prices.isEmpty ? "<p class=\"price\">Without payment</p>" : HTML.join(prices))
            \(offer.trialDays > 0 && !changes ? "<p>\(String(offer.trialDays)) days for free.</p>" as HTML : nil)
            <ul>\(HTML.join(limits(of: offer).map { "<li>\($0)</li>" as HTML }))</ul>
            \(canBeBought && isWanted ? HTML.join(buttons) : nil)</section>
            """
    }

    private static func limits(of offer: PlanOffer) -> [String] {
        PlanLimit.allCases.compactMap { limit in
            guard let shown = offer.limits[limit.rawValue] else { return nil }
            return Amount.text(shown, limit)
        }
    }

    private static func title(of name: String, in offers: [PlanOffer]) -> String {
        offers.first { $0.name == name }?.title ?? name
    }

    private static func day(_ moment: Timestamp) -> String { String(moment.description.prefix(10)) }
}

extension Subscription {
    /// Whether less is had from the next period on: who took that back has the same in both.
    fileprivate var goesDown: Bool { retained.map { $0.items != items } ?? false }
}
