import Billing
import Storage

/// Keeps a hold on storage ahead of the bytes that come in.
actor HoldMeter {
    private let hold: HoldID
    private let entitlement: Entitlement
    /// Most bytes that come in.
    private let limit: Int
    private let database: any Database
    private let ledger: QuotaLedger
    private let clock: any WallClock
    private var held: Int
    private var renewedAt: Timestamp

    /// - Parameter held: bytes that are held already.
    init(
        _ hold: HoldID, held: Int, atMost limit: Int, under entitlement: Entitlement, _ database: any Database,
        _ ledger: QuotaLedger, _ clock: any WallClock
    ) {
        (self.hold, self.held, self.limit, self.entitlement) = (hold, held, limit, entitlement)
        (self.database, self.ledger, self.clock) = (database, ledger, clock)
        renewedAt = clock.now()
    }

    /// - Throws: ``ServiceError`` `.quotaExceeded`.
    func received(_ total: Int) async throws {
        let now = clock.now()
        if total > held {
            let ahead = max(total, min(held + Uploads.growth, limit))
            do {
                try await hold(ahead)
            } catch is QuotaExceeded {
                // Not enough for a whole step; the bytes that are there may still fit.
                do {
                    try await hold(total)
                } catch let excess as QuotaExceeded {
                    throw ServiceError.quotaExceeded(excess)
                }
            }
            renewedAt = now
        } else if now - renewedAt > Uploads.holdLife / 3 {
            try await hold(held)
            renewedAt = now
        }
    }

    private func hold(_ bytes: Int) async throws {
        let (hold, ledger, entitlement) = (hold, ledger, entitlement)
        try await database.write { session in
            try ledger.adjust(hold, .storageBytes, to: bytes, under: entitlement, in: session)
            try ledger.renew(hold, for: Uploads.holdLife, in: session)
        }
        held = bytes
    }
}
