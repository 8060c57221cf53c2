import Storage

/// Asks language models no more often, and for no more money, than an account's plan allows.
///
/// A prompt and what it may cost at most are held before the provider is called. Afterwards what it did cost is counted, also
/// where that is more than was foreseen; a call that failed counts nothing. A hold that nobody ends, as after a crash, runs out.
public struct AIBudget: Sendable {
    /// Longer than any call may take.
    public static let holdLife = Duration.seconds(900)

    private let ledger: QuotaLedger
    private let usage: UsageLog
    private let prices: AIPrices
    private let holdLife: Duration

    public init(
        ledger: QuotaLedger, usage: UsageLog, prices: AIPrices, holdLife: Duration = AIBudget.holdLife
    ) {
        (self.ledger, self.usage, self.prices, self.holdLife) = (ledger, usage, prices, holdLife)
    }

    /// Holds one prompt of today and the money that it may cost: the caller's transaction must not be kept when this throws.
    ///
    /// - Parameters:
    ///   - inputTokens: an estimate: a token is a byte of the prompt or, mostly, several.
    ///   - maxOutputTokens: what the provider is told as its limit.
    ///   - isJobs: whether a job owns the hold and ends it; else it runs out.
    /// - Throws: ``QuotaExceeded``, which names what is used up and when it starts again.
    public func reserve(
        _ hold: HoldID = .random(), model: String, inputTokens: Int, maxOutputTokens: Int, for account: AccountID,
        under entitlement: Entitlement, isJobs: Bool = false, in session: any WriteSession
    ) throws -> AIReservation {
        let reservation = reservation(hold, model, inputTokens, maxOutputTokens, account, entitlement)
        try ledger.reserve(
            hold, [(.aiPrompts, 1), (.aiCost, reservation.atMost.count)], for: account, under: entitlement,
            expiresIn: isJobs ? nil : holdLife, in: session)
        return reservation
    }

    /// What an earlier run of a job has reserved under the same name, and has not ended: whether the model was asked then,
    /// nobody knows. Nil if there is no such.
    public func reserved(
        _ hold: HoldID, model: String, inputTokens: Int, maxOutputTokens: Int, for account: AccountID,
        under entitlement: Entitlement, in session: any ReadSession
    ) throws -> AIReservation? {
        guard try ledger.isHeld(hold, in: session) else { return nil }
        return reservation(hold, model, inputTokens, maxOutputTokens, account, entitlement)
    }

    private func reservation(
        _ hold: HoldID, _ model: String, _ inputTokens: Int, _ maxOutputTokens: Int, _ account: AccountID,
        _ entitlement: Entitlement
    ) -> AIReservation {
        let price = prices.price(of: model)
        let most = price.cost(of: AITokens(input: inputTokens, output: maxOutputTokens))
        return AIReservation(
            hold: hold, account: account, model: model, price: price, entitlement: entitlement, atMost: most)
    }

    /// Counts what the call has used, and notes it. Once, however often it is called.
    ///
    /// A call that took longer than its hold lived has cost what it has: it is counted in the windows of now, whatever is left.
    ///
    /// - Parameters:
    ///   - tokens: what the provider said it used; where it said nothing, what was estimated.
    ///   - prompt: its text, only where the operator wants it kept.
    /// - Returns: what it cost.
    @discardableResult
    public func settle(
        _ reservation: AIReservation, usage tokens: AITokens, job: String? = nil, feature: AIFeature,
        prompt: String? = nil, in session: any WriteSession
    ) throws -> MicroUSD {
        let cost = reservation.price.cost(of: tokens)
        let isNew = try usage.record(
            tokens, once: Identifier(renaming: reservation.hold), purpose: feature, prompt: prompt, cost: cost,
            for: reservation.account, job: job, in: session)
        guard isNew else { return cost }
        if try !ledger.isHeld(reservation.hold, in: session) {
            try ledger.reserve(
                reservation.hold, [(.aiPrompts, 1), (.aiCost, 0)], for: reservation.account,
                under: reservation.unlimited, expiresIn: holdLife, in: session)
        }
        try ledger.settle(reservation.hold, to: [(.aiPrompts, 1), (.aiCost, cost.count)], in: session)
        return cost
    }

    /// Gives back what was held, as after a failure. Nothing happens if it is not held any more. What is settled after that was
    /// asked all the same, and counts.
    public func release(_ reservation: AIReservation, in session: any WriteSession) throws {
        try release(reservation.hold, in: session)
    }

    /// The same by the hold's name.
    public func release(_ hold: HoldID, in session: any WriteSession) throws {
        try ledger.release(hold, in: session)
    }
}

/// One prompt that may be asked, and the money held for it.
public struct AIReservation: Equatable, Sendable {
    public let hold: HoldID
    public let account: AccountID
    public let model: String
    /// When it was held; a change of prices meanwhile does not count.
    public let price: AIPrice
    public let entitlement: Entitlement
    /// What is held.
    public let atMost: MicroUSD

    /// The same windows, and no limits to AI.
    fileprivate var unlimited: Entitlement {
        var plan = entitlement.plan
        (plan.aiPromptsPerDay, plan.aiBudgetCentsPerMonth) = (nil, nil)
        return Entitlement(
            plan, named: entitlement.planName, version: entitlement.planVersion, ground: entitlement.ground,
            period: entitlement.period, changesAt: entitlement.changesAt)
    }
}
