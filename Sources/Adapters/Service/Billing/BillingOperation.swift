import Auth
import Billing
import Storage

/// What whoever runs the program does with plans, quotas and payments, by its commands.
public struct BillingOperation: Sendable {
    let database: any Database
    let accounts: AccountOperation
    let assignments: PlanAssignments
    let entitlements: Entitlements
    let ledger: QuotaLedger
    let usage: UsageLog
    let audit: AuditLog
    let payments: Payments?
    let clock: any WallClock

    /// Gives a user a plan.
    ///
    /// - Parameter stays: whatever they pay for or stop to pay for.
    public func assign(_ plan: String, to user: String, stays: Bool) async throws {
        guard let known = entitlements.plans.plans[plan] else {
            let names = entitlements.plans.plans.keys.sorted().joined(separator: ", ")
            throw ServiceError.invalid(field: "plan", "there is no plan '\(plan)': there are \(names)")
        }
        let account = try await accounts.find(user).id
        let now = clock.now()
        try await database.write { session in
            try assignments.assign(plan, version: known.version, fixed: stays, to: account, at: now, in: session)
            try audit.append(
                AuditEvent(
                    .planAssigned, of: account, by: .system, from: nil, ["plan": .text(plan), "stays": .flag(stays)]),
                in: session)
        }
    }

    public func entitlement(of user: String) async throws -> Entitlement {
        let account = try await accounts.find(user).id
        return try await database.read { try entitlements.find(account, in: $0) }
    }

    /// Proves that the ledger adds up, on one snapshot.
    ///
    /// - Parameter report: told each difference.
    public func verifyLedger(_ report: @escaping @Sendable (QuotaDifference) -> Void) async throws -> QuotaAudit {
        try await database.read { try ledger.verify(in: $0, each: report) }
    }

    /// Changes what counts as used, by an entry of the ledger.
    public func correct(_ unit: QuotaUnit, by amount: Int, of user: String, reason: String) async throws -> QuotaBalance
    {
        let account = try await accounts.find(user).id
        do {
            return try await database.write { session in
                let entitlement = try entitlements.find(account, in: session)
                try ledger.correct(unit, by: amount, of: account, under: entitlement, reason: reason, in: session)
                try audit.append(
                    AuditEvent(
                        .quotaCorrected, of: account, by: .system, from: nil,
                        ["unit": .text(unit.rawValue), "by": .number(Int64(amount))]),
                    in: session)
                let balances = try ledger.balances(of: account, under: entitlement, in: session)
                guard let balance = balances.first(where: { $0.unit == unit }) else {
                    throw ServiceError.notFound("unit")
                }
                return balance
            }
        } catch let error as QuotaAmountError {
            throw ServiceError.invalid(field: "amount", error.description)
        }
    }

    public func usage(of user: String, from first: UTCDay?, through last: UTCDay?) async throws -> UsageOverview {
        let account = try await accounts.find(user).id
        return try await UsageReports(
            database: database, entitlements: entitlements, ledger: ledger, log: usage, clock: clock
        ).report(of: account, from: first, through: last)
    }

    /// What users cost and bring in, of one snapshot. Users count with the plan they have now.
    ///
    /// - Parameters:
    ///   - month: nil for the present one.
    ///   - fixedCosts: of the month.
    public func economics(of month: UTCMonth?, fixedCosts: MicroUSD) async throws -> UnitEconomics {
        let month = month ?? UTCMonth(clock.now())
        return try await database.read { session in
            let revenue = try Invoices().revenue(of: month, in: session)
            var (users, after) = ([EconomicUser](), PageCursor?.none)
            repeat {
                let page = try accounts.users.list(PageRequest(limit: PageRequest.largest, after: after), in: session)
                for user in page.items {
                    let plan = try entitlements.find(user.id, in: session).planName
                    users.append(EconomicUser(account: user.id, plan: plan, revenue: revenue[user.id] ?? .zero))
                }
                after = page.next
            } while after != nil
            return UnitEconomics(
                month: month, users: users, usage: try usage.usage(of: month, in: session), fixedCosts: fixedCosts)
        }
    }

    /// The newest first.
    public func webhooks(_ filter: WebhookFilter, upTo limit: Int) async throws -> [WebhookEvent] {
        let intake = try requirePayments().intake
        return try await accounts.all(upTo: limit) { session, page in try intake.list(filter, page, in: session) }
    }

    public func webhook(_ id: EventID) async throws -> WebhookEvent {
        let intake = try requirePayments().intake
        guard let event = try await database.read({ try intake.find(id, in: $0) }) else {
            throw WebhookIntakeError.notFound(id)
        }
        return event
    }

    /// - Parameter force: does its effect again though it was done.
    public func replay(_ id: EventID, force: Bool) async throws -> WebhookOutcome {
        try await requirePayments().intake.replay(id, force: force)
    }

    /// Compares everything with the provider now, and repairs it.
    public func reconcile() async throws -> ReconcileReport {
        try await requirePayments().reconcile.runForAll()
    }

    /// Makes the prices of the plans known to the provider.
    ///
    /// - Returns: those that were not.
    public func publishPrices() async throws -> [PriceName] {
        try await requirePayments().provider.publish(entitlements.plans.offers)
    }

    /// The provider, where it is the one for development.
    public func development() throws -> DevelopmentPayments {
        guard let development = try requirePayments().development else {
            throw ServiceError.conflict("payments are real here: set WAXWING_PAYMENTS=development for others")
        }
        return development
    }

    /// - Throws: ``ServiceError`` `.conflict` for one who never had any.
    public func subscription(of user: String) async throws -> Subscription {
        let account = try await accounts.find(user).id
        let found = try await database.read { try Billing.Subscriptions().current(of: account, in: $0) }
        guard let found else { throw ServiceError.conflict("'\(user)' has no subscription") }
        return found
    }

    private func requirePayments() throws(ServiceError) -> Payments {
        guard let payments else {
            throw .unavailable("no payment provider is set: see STRIPE_KEY in 'waxwing serve --help'")
        }
        return payments
    }
}
