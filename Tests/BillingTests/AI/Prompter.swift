import FreshDatabases
import Storage
import StorageTestKit

@testable import Billing

/// A budget over an empty database, and a clock the test turns.
struct Prompter {
    /// 1,000 tokens in at 3 USD a million, and up to 1,000 out at 15.
    static let most = 18_000

    let clock = ManualClock(moment("2026-11-21T10:00:00.000Z"))
    let database: any Database
    let ledger: QuotaLedger
    let log: UsageLog
    let budget: AIBudget
    let account = AccountID.random()

    init(_ prices: AIPrices = .standard) async throws {
        database = try await FreshDatabase.make()
        (ledger, log) = (QuotaLedger(clock: clock), UsageLog(clock: clock))
        budget = AIBudget(ledger: ledger, usage: log, prices: prices)
        try await database.migrate([BillingSchema.migrations], at: clock.now())
    }

    func reserve(_ plan: Plan, output: Int = 1_000) async throws -> AIReservation {
        try await database.write { session in
            try budget.reserve(
                model: "qwen/qwen3-7b", inputTokens: 1_000, maxOutputTokens: output, for: account,
                under: Entitlement(plan), in: session)
        }
    }

    @discardableResult
    func settle(_ reservation: AIReservation, _ input: Int, _ output: Int) async throws -> MicroUSD {
        try await database.write { session in
            try budget.settle(
                reservation, usage: AITokens(input: input, output: output), job: "job-1", feature: .draftMessage,
                in: session)
        }
    }

    func release(_ reservation: AIReservation) async throws {
        try await database.write { try budget.release(reservation, in: $0) }
    }

    func ask<Answer: Sendable>(
        _ plan: Plan, _ call: () async throws -> (answer: Answer, usage: AITokens)
    ) async throws -> Answer {
        let request = AIRequest(
            model: "qwen/qwen3-7b", feature: .vibe, inputTokens: 1_000, maxOutputTokens: 1_000)
        return try await budget.withBudget(
            request, for: account, under: Entitlement(plan), on: database, call)
    }

    /// Prompts used and held, then money used and held, of all windows.
    func amounts() async throws -> [Int] {
        try await database.read { session in
            try [QuotaUnit.aiPrompts, .aiCost].flatMap { unit in
                let row = try session.row(
                    """
                    SELECT COALESCE(SUM(used), 0) AS used, COALESCE(SUM(held), 0) AS held FROM quota_balances
                    WHERE account = \(account) AND unit = \(unit)
                    """)
                return [try row?.get("used") ?? -1, try row?.get("held") ?? -1]
            }
        }
    }

    /// What is wrong in the ledger's books.
    func differences() async throws -> Int {
        try await database.read { try ledger.verify(in: $0).differences.count }
    }

    func prompts() async throws -> [UsageEntry] {
        try await database.read { try log.prompts(of: account, PageRequest(), in: $0).items }
    }
}
