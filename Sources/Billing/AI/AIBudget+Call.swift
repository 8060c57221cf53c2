import Storage

/// What is to be asked of a language model, for the budget.
public struct AIRequest: Equatable, Sendable {
    public let model: String
    public let feature: AIFeature
    /// An estimate.
    public let inputTokens: Int
    public let maxOutputTokens: Int
    public let job: String?
    /// Its text, only where the operator wants it kept.
    public let keptPrompt: String?

    public init(
        model: String, feature: AIFeature, inputTokens: Int, maxOutputTokens: Int, job: String? = nil,
        keptPrompt: String? = nil
    ) {
        (self.model, self.feature, self.inputTokens) = (model, feature, inputTokens)
        (self.maxOutputTokens, self.job, self.keptPrompt) = (maxOutputTokens, job, keptPrompt)
    }
}

extension AIBudget {
    /// Calls a language model within an account's budget: holds, calls, and counts what was used. When the call throws or the
    /// task is cancelled meanwhile, all that was held is given back; where even that fails, the hold runs out by itself.
    ///
    /// - Parameter call: asks the provider, within less time than ``holdLife``.
    /// - Throws: ``QuotaExceeded`` before anything is called; what `call` throws; what the database does.
    public func withBudget<Answer: Sendable>(
        _ request: AIRequest, for account: AccountID, under entitlement: Entitlement, on database: any Database,
        _ call: () async throws -> (answer: Answer, usage: AITokens)
    ) async throws -> Answer {
        let hold = HoldID.random()
        let reservation = try await releasing(hold, on: database) {
            try await database.write { session in
                try reserve(
                    hold, model: request.model, inputTokens: request.inputTokens,
                    maxOutputTokens: request.maxOutputTokens, for: account, under: entitlement, in: session)
            }
        }
        let (answer, tokens) = try await releasing(hold, on: database) {
            try Task.checkCancellation()
            return try await call()
        }
        // The provider has been paid for: that is counted whether anybody waits for the answer or not.
        try await Task {
            _ = try await database.write { session in
                try settle(
                    reservation, usage: tokens, job: request.job, feature: request.feature,
                    prompt: request.keptPrompt, in: session)
            }
        }.value
        return answer
    }

    /// Gives back what is held if `body` throws. Of a reservation, too, nobody knows whether it was kept when it was cancelled.
    private func releasing<Value>(
        _ hold: HoldID, on database: any Database, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch {
            // Not as a part of this task: one that is cancelled could not write. That the database does not answer here is
            // less than what went wrong before it.
            _ = try? await Task { try await database.write { try release(hold, in: $0) } }.value
            throw error
        }
    }
}
