import AudioCore
import Billing
import Logging
import SampleLibrary
import Storage

/// Describes sounds: by a language model where that is wanted, allowed and paid for, and by rules in all other cases.
///
/// Whatever a model does, there is a description. An account's money is held before the model is asked, and settled in the
/// transaction that keeps the description.
struct VibeAnalyzer: Sendable {
    /// Nil for a service without AI.
    let options: AIOptions?
    let database: any Database
    let budget: AIBudget
    let prices: AIPrices
    let entitlements: Entitlements
    let metrics: MetricRegistry
    let logger: Logger

    /// - Throws: ``ServiceError`` `.invalid` for a model that is not the account's to choose.
    func check(_ request: VibeRequest?, under entitlement: Entitlement) throws(ServiceError) {
        // Where nobody is asked it is of no matter who.
        guard let wanted = request?.model, let options, entitlement.plan.has(.ai) else { return }
        guard options.allows(wanted, under: entitlement.plan, prices) else {
            throw .invalid(
                field: "model",
                "'model' is none that your plan has: leave it out to use '\(options.name(under: entitlement.plan))'")
        }
    }

    /// - Parameters:
    ///   - request: nil where no model is to be asked.
    ///   - hold: names the money that is held. Of a job the same in each run of it: where an earlier run was cut off, its
    ///     model is not asked again.
    ///   - job: which owns the hold and ends it; nil where the caller waits for the answer.
    /// - Throws: only when the task is cancelled.
    func describe(
        _ features: AudioFeatures, _ request: VibeRequest?, for account: AccountID, hold: HoldID, job: String?
    ) async throws(CancellationError) -> VibeOutcome {
        guard let request else { return VibeOutcome(VibeAnalysis(features)) }
        let call: VibeCall
        switch await admit(features, request, account, hold, job) {
        case .asked(let admitted): call = admitted
        case .instead(let shortfall, let charge):
            return outcome(features, insteadOf: shortfall, charge, job)
        }
        let reply = await ask(call)
        if Task.isCancelled {
            await release(hold)
            throw CancellationError()
        }
        let charge = VibeCharge(budget, call.reservation, reply.tokens, job)
        switch reply.result {
        case .success(let (words, model)):
            return VibeOutcome(VibeAnalysis(words, by: model, costMicroUSD: charge.cost.count), charge)
        case .failure(let failure):
            logger.notice("no words of a model", metadata: metadata("\(failure)", job))
            if reply.tokens == AITokens() {
                await release(hold)
                return outcome(features, insteadOf: .unavailable, nil, job)
            }
            // What was of no use has been paid for all the same.
            return outcome(features, insteadOf: .unavailable, charge, job)
        }
    }

    /// Gives back what was held, as where what was to be kept with it cannot be.
    func release(_ hold: HoldID) async {
        // Not in the present task, which may be cancelled. What is not given back here runs out, or ends with its job.
        _ = try? await Task { try await database.write { try budget.release(hold, in: $0) } }.value
    }

    private func outcome(
        _ features: AudioFeatures, insteadOf shortfall: VibeAnalysis.Shortfall, _ charge: VibeCharge?, _ job: String?
    ) -> VibeOutcome {
        if shortfall != .unavailable {
            logger.info("no model is asked", metadata: metadata(shortfall.rawValue, job))
        }
        return VibeOutcome(
            VibeAnalysis(features, insteadOf: shortfall, costMicroUSD: charge?.cost.count ?? 0), charge)
    }

    private func metadata(_ reason: String, _ job: String?) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["reason": "\(reason)"]
        if let job { metadata["job_id"] = "\(job)" }
        return metadata
    }
}

/// A description, and what is to be written with it.
struct VibeOutcome: Sendable {
    let analysis: VibeAnalysis
    let charge: VibeCharge?

    init(_ analysis: VibeAnalysis, _ charge: VibeCharge? = nil) {
        (self.analysis, self.charge) = (analysis, charge)
    }
}

/// What a model was used for, to be counted in the transaction that keeps its answer.
struct VibeCharge: Sendable {
    private let budget: AIBudget
    private let reservation: AIReservation
    private let tokens: AITokens
    private let job: String?

    init(_ budget: AIBudget, _ reservation: AIReservation, _ tokens: AITokens, _ job: String?) {
        (self.budget, self.reservation, self.tokens, self.job) = (budget, reservation, tokens, job)
    }

    var cost: MicroUSD { reservation.price.cost(of: tokens) }
    var hold: HoldID { reservation.hold }

    func record(in session: any WriteSession) throws {
        try budget.settle(reservation, usage: tokens, job: job, feature: .vibe, in: session)
    }
}
