import Auth
import Billing
import Storage

/// What was done for an account, and what it cost.
public struct UsageReports: Sendable {
    let database: any Database
    let entitlements: Entitlements
    let ledger: QuotaLedger
    let log: UsageLog
    let clock: any WallClock
    /// Of reports whose days nobody named.
    private static let standardDays: Int64 = 30

    /// - Parameters:
    ///   - first: nil for 30 days up to the last.
    ///   - last: nil for today.
    /// - Throws: ``ServiceError`` `.invalid` for more than 400 days, or the last before the first.
    public func report(of caller: Principal, from first: UTCDay?, through last: UTCDay?) async throws -> UsageOverview {
        try await report(of: caller.may(.readAccount), from: first, through: last)
    }

    func report(of account: AccountID, from first: UTCDay?, through last: UTCDay?) async throws -> UsageOverview {
        let last = last ?? UTCDay(clock.now())
        let first = first ?? last.advanced(by: 1 - Self.standardDays)
        do {
            return try await database.read { session in
                let entitlement = try entitlements.find(account, in: session)
                return UsageOverview(
                    entitlement: entitlement,
                    balances: try ledger.balances(of: account, under: entitlement, in: session),
                    report: try log.report(of: account, from: first, through: last, in: session))
            }
        } catch let flaw as UsageRangeFlaw {
            throw ServiceError.invalid(field: "from", flaw.description)
        }
    }
}

/// What an account has used: now, against its limits, and by day.
public struct UsageOverview: Sendable {
    public let entitlement: Entitlement
    public let balances: [QuotaBalance]
    public let report: UsageReport
}
