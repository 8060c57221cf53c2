import Auth
import Storage

extension Sync {
    /// Makes changes in their order; the last one that comes wins, unless it asked for a version.
    ///
    /// All are looked at, and kept together or not at all; a conflict of one keeps none of the others back.
    ///
    /// - Parameters:
    ///   - most: as ``mostChanges``.
    ///   - device: that makes them, and is not told of them.
    ///   - ticket: of a request with an idempotency key: what it did before, it does not again.
    /// - Throws: ``ServiceError`` `.invalid` for too many, `.unprocessable` beyond what an account may keep.
    public func push(
        _ changes: [SyncChange], atMost most: Int = Sync.mostChanges, from device: SyncDevice?, of caller: Principal,
        once ticket: IdempotencyTicket? = nil
    ) async throws -> SyncResults {
        let account = try caller.may(.changeSync)
        guard (1...most).contains(changes.count) else {
            throw ServiceError.invalid(field: "changes", "'changes' are 1 to \(most): send the others after them")
        }
        if let receipt: SyncReceipt = try ticket?.receipt() { return try await report(receipt, of: changes, account) }
        let now = clock.now()
        // Who holds the head holds all that is decided on.
        return try await database.write(.readCommitted) { session in
            let before = try records.hold(account, in: session)
            var head = before
            var rows = try records.find(changes.map(\.key), of: account, in: session)
            var results: [SyncReceipt.Result] = []
            var changed: Set<SyncKey> = []
            for change in changes {
                let row = rows[change.key]
                let outcome = change.outcome(over: row)
                if outcome == .applied {
                    head.latest += 1
                    let new = change.applied(to: row, as: head.latest, by: device, at: now)
                    head.rows += row == nil ? 1 : 0
                    head.bytes += new.size - (row?.size ?? 0)
                    rows[change.key] = new
                    changed.insert(change.key)
                }
                results.append(SyncReceipt.Result(outcome, rows[change.key]))
            }
            let receipt = SyncReceipt(results: results, seq: head.latest)
            if !changed.isEmpty {
                try head.check(after: before)
                try records.put(changed.compactMap { rows[$0] }, of: account, in: session)
                try records.set(head, of: account, in: session)
                try signals.signal(Self.topic(account).signal, in: session)
            }
            try ticket?.record(receipt, in: session)
            return SyncResults(receipt, of: changes, rows)
        }
    }

    private func report(
        _ receipt: SyncReceipt, of changes: [SyncChange], _ account: AccountID
    ) async throws -> SyncResults {
        let rows = try await database.read { try records.find(changes.map(\.key), of: account, in: $0) }
        return SyncResults(receipt, of: changes, rows)
    }
}

extension SyncRecords.Head {
    /// - Throws: ``ServiceError`` `.unprocessable` where an account that keeps too much would keep more.
    fileprivate func check(after before: Self) throws(ServiceError) {
        guard rows <= max(Sync.mostRows, before.rows) else {
            throw .unprocessable(
                "an account keeps \(Sync.mostRows) things in step, with those deleted in the last 90 days: put some together"
            )
        }
        guard bytes <= max(Sync.mostBytes, before.bytes) else {
            throw .unprocessable(
                "an account keeps \(Sync.mostBytes >> 20) MiB in step: delete some, or keep them as files")
        }
    }
}
