import Storage
import StorageSQLite
import Synchronization
import Testing

@testable import Billing

/// A ledger over an empty database, and a clock the test turns.
struct Till {
    let clock = HandClock("2026-11-21T10:00:00.000Z")
    let database: any Database
    let ledger: QuotaLedger
    let account = AccountID.random()

    init(_ database: (any Database)? = nil) async throws {
        self.database = try database ?? SQLiteDatabase.inMemory()
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

final class HandClock: WallClock {
    private let time: Mutex<Timestamp>

    init(_ start: String) {
        time = Mutex(moment(start))
    }

    func now() -> Timestamp { time.withLock { $0 } }

    func turn(to text: String) {
        time.withLock { $0 = moment(text) }
    }

    func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }
}

/// - Parameter text: as `2026-11-21T10:00:00.000Z`.
func moment(_ text: String) -> Timestamp {
    guard let moment = Timestamp(text) else { preconditionFailure("'\(text)' is not a time") }
    return moment
}

/// A seeded generator, so that a failure names its replay.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
