import FreshDatabases
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Billing

/// A ledger over an empty database, and a clock the test turns.
struct Till {
    let clock = ManualClock(moment("2026-11-21T10:00:00.000Z"))
    let database: any Database
    let ledger: QuotaLedger
    let account = AccountID.random()

    init(_ database: (any Database)? = nil, notify: @escaping QuotaLedger.Notify = { _, _ in }) async throws {
        self.database = if let database { database } else { try await FreshDatabase.make() }
        ledger = QuotaLedger(clock: clock, notify: notify)
        try await self.database.migrate([BillingSchema.migrations], at: clock.now())
    }

    func reserve(
        _ amounts: [(unit: QuotaUnit, amount: Int)], on plan: Plan, for other: AccountID? = nil,
        expiresIn life: Duration? = .seconds(900)
    ) async throws -> HoldID {
        try await reserve(amounts, under: Entitlement(plan), for: other, expiresIn: life)
    }

    func reserve(
        _ amounts: [(unit: QuotaUnit, amount: Int)], under entitlement: Entitlement, for other: AccountID? = nil,
        expiresIn life: Duration? = .seconds(900)
    ) async throws -> HoldID {
        let (hold, account) = (HoldID.random(), other ?? account)
        try await database.write { session in
            try ledger.reserve(hold, amounts, for: account, under: entitlement, expiresIn: life, in: session)
        }
        return hold
    }

    /// Reserved and committed.
    func use(_ amount: Int, _ unit: QuotaUnit, on plan: Plan) async throws {
        try await commit(try await reserve([(unit, amount)], on: plan))
    }

    func settle(_ hold: HoldID, to actual: [(unit: QuotaUnit, amount: Int)]) async throws {
        try await database.write { try ledger.settle(hold, to: actual, in: $0) }
    }

    func free(_ amount: Int, of unit: QuotaUnit) async throws {
        try await database.write { try ledger.free(amount, of: unit, for: account, in: $0) }
    }

    func correct(_ unit: QuotaUnit, by amount: Int, on plan: Plan = Plan()) async throws {
        try await database.write { session in
            try ledger.correct(
                unit, by: amount, of: account, under: Entitlement(plan), reason: "a fault of ours", in: session)
        }
    }

    func verify() async throws -> QuotaAudit {
        try await database.read { try ledger.verify(in: $0) }
    }

    func commit(_ hold: HoldID) async throws {
        try await database.write { try ledger.commit(hold, in: $0) }
    }

    func release(_ hold: HoldID) async throws {
        try await database.write { try ledger.release(hold, in: $0) }
    }

    func adjust(_ hold: HoldID, _ unit: QuotaUnit, to amount: Int, on plan: Plan) async throws {
        try await database.write { try ledger.adjust(hold, unit, to: amount, under: Entitlement(plan), in: $0) }
    }

    func isHeld(_ hold: HoldID) async throws -> Bool {
        try await database.read { try ledger.isHeld(hold, in: $0) }
    }

    func balance(
        _ unit: QuotaUnit, of other: AccountID? = nil, under entitlement: Entitlement = Entitlement(Plan())
    ) async throws -> QuotaBalance {
        let account = other ?? account
        let balances = try await database.read { try ledger.balances(of: account, under: entitlement, in: $0) }
        return try #require(balances.first { $0.unit == unit })
    }
}

extension QuotaBalance {
    /// What is compared most.
    var amounts: [Int] { [used, held] }
}

/// - Parameter text: as `2026-11-21T10:00:00.000Z`.
func moment(_ text: String) -> Timestamp {
    guard let moment = Timestamp(text) else { preconditionFailure("'\(text)' is not a time") }
    return moment
}
