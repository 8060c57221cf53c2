import Billing
import Storage

/// Bytes on their way into the store: held on the quota ahead, and in the end all kept, or nothing of them.
struct IncomingObject: Sendable {
    /// Where they go.
    let key: ObjectKey
    let hold: HoldID
    let account: AccountID
    let entitlement: Entitlement
    /// Most of them.
    let limit: Int
    /// Whether it is one of the uploads that plans limit.
    let isUpload: Bool
    let database: any Database
    let objects: any ObjectStore
    let ledger: QuotaLedger
    let clock: any WallClock

    /// When this throws nothing is left under ``key``, and nothing is held; where database or store are away then, too, until the
    /// hold runs out and the sweep finds the object.
    ///
    /// - Parameters:
    ///   - expectedSize: bytes, if the client said so; it is held beforehand and may be wrong.
    ///   - arrive: brings the bytes to ``key``, telling the meter as they come; what it throws, nothing is kept for.
    ///   - keep: writes the rows, in the transaction in which it settles what was held, as by ``count(_:in:)``.
    ///   - kept: what ``keep`` has written, asked when something failed: the database may have kept a transaction and failed to
    ///     say so.
    /// - Throws: ``ServiceError`` `.tooLarge`, `.quotaExceeded`, or what the others throw.
    func take<Arrived: Sendable, Kept: Sendable>(
        expectedSize: Int?, arrive: (HoldMeter) async throws -> Arrived,
        keep: @escaping @Sendable (Arrived, any WriteSession) throws -> Kept,
        kept: @escaping @Sendable (any ReadSession) throws -> Kept?
    ) async throws -> Kept {
        // What follows the file in a form may be in it: a file of just the allowed size must not fail for that.
        if let expectedSize, expectedSize - Uploads.formSlack > limit { throw ServiceError.tooLarge(limit: limit) }
        let expected = min(expectedSize ?? 0, limit)
        try await reserve(expected)
        do {
            let arrived = try await arrive(
                HoldMeter(hold, held: expected, atMost: limit, under: entitlement, database, ledger, clock))
            // Not in the present task, which a disconnecting client cancels: a transaction must not be kept and then reported as
            // cancelled.
            return try await Task { try await database.write { try keep(arrived, $0) } }.value
        } catch {
            // Also when the client is gone and this task with it: what was begun must be undone.
            if let kept = try await Task(operation: { try await undo(unless: kept) }).value { return kept }
            if case ObjectStoreError.bodyFailed(let cause) = error { throw cause }
            throw error
        }
    }

    /// What was held becomes what is used.
    func count(_ size: Int, in session: any WriteSession) throws {
        try ledger.adjust(hold, .storageBytes, to: size, under: entitlement, in: session)
        try ledger.commit(hold, in: session)
    }

    /// What was held is its job's, which settles it.
    func handOver(_ size: Int, in session: any WriteSession) throws {
        try ledger.adjust(hold, .storageBytes, to: size, under: entitlement, in: session)
        try ledger.handOver(hold, in: session)
    }

    private func reserve(_ bytes: Int) async throws {
        let counts: [(QuotaUnit, Int)] = (isUpload ? [(.uploads, 1)] : []) + [(.storageBytes, bytes)]
        do {
            // Not in the present task either: a hold that is kept must be known, or it would last until it runs out.
            try await Task {
                try await database.write { session in
                    try ledger.reserve(
                        hold, counts, for: account, under: entitlement, expiresIn: Uploads.holdLife, in: session)
                }
            }.value
        } catch let excess as QuotaExceeded {
            throw ServiceError.quotaExceeded(excess)
        }
    }

    private func undo<Kept: Sendable>(
        unless kept: @escaping @Sendable (any ReadSession) throws -> Kept?
    ) async throws -> Kept? {
        let found = try await database.write { session in
            let found = try kept(session)
            if found == nil { try ledger.release(hold, in: session) }
            return found
        }
        if found == nil { try await objects.delete(key) }
        return found
    }
}
