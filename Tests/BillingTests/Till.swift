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

    init(_ database: (any Database)? = nil) async throws {
        self.database = if let database { database } else { try await FreshDatabase.make() }
        ledger = QuotaLedger(clock: clock)
        try await self.database.migrate([BillingSchema.migrations], at: clock.now())
    }

    func reserve(
        _ amounts: [(unit: QuotaUnit, amount: Int)], on plan: Plan, for other: AccountID? = nil,
        expiresIn life: Duration? = .seconds(900)
    ) async throws -> HoldID {
        let (hold, account) = (HoldID.random(), other ?? account)
        try await database.write { session in
            try ledger.reserve(hold, amounts, for: account, on: plan, expiresIn: life, in: session)
        }
        return hold
    }

    func commit(_ hold: HoldID) async throws {
        try await database.write { try ledger.commit(hold, in: $0) }
    }

    func release(_ hold: HoldID) async throws {
        try await database.write { try ledger.release(hold, in: $0) }
    }

    func adjust(_ hold: HoldID, _ unit: QuotaUnit, to amount: Int, on plan: Plan) async throws {
        try await database.write { try ledger.adjust(hold, unit, to: amount, on: plan, in: $0) }
    }

    func isHeld(_ hold: HoldID) async throws -> Bool {
        try await database.read { try ledger.isHeld(hold, in: $0) }
    }

    func balance(_ unit: QuotaUnit, of other: AccountID? = nil) async throws -> QuotaBalance {
        let account = other ?? account
        let balances = try await database.read { try ledger.balances(of: account, in: $0) }
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
