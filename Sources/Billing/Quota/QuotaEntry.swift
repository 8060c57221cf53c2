import Storage

/// A step of one balance: what goes from one of its buckets into others. The amounts sum up to 0.
///
/// Source: TigerBeetle's two-phase transfers, pending and then posted or voided.
struct QuotaEntry {
    enum Reason: String, SQLConvertible {
        /// What was there before entries were kept.
        case opening
        case reserve, adjust, commit, settle, release, expire, free, correct
    }

    let place: QuotaPlace
    let reason: Reason
    var hold: HoldID?
    /// Into what is held for work under way.
    var held = 0
    /// Into what is used.
    var used = 0
    /// Into what the operator took away or gave.
    var correction = 0
    /// The operator's words.
    var note: String?
    /// 1, 2, 3, … in its place: the order of entries, whatever clocks say.
    var number = 0

    /// Into what may still be taken: the other side of the rest.
    var available: Int { -(held + used + correction) }
}

extension QuotaEntry {
    /// The most rows of one statement: engines bound its parameters.
    private static let most = 100

    /// One statement for up to a hundred.
    static func append(_ entries: [QuotaEntry], at now: Timestamp, in session: any WriteSession) throws {
        for first in stride(from: 0, to: entries.count, by: most) {
            let rows = entries[first..<min(first + most, entries.count)].map { entry -> SQL in
                """
                (\(entry.place.account), \(entry.place.unit), \(entry.place.period), \(entry.number), \(entry.available),
                \(entry.held), \(entry.used), \(entry.correction), \(entry.hold), \(entry.reason), \(entry.note), \(now))
                """
            }
            try session.execute(
                """
                INSERT INTO quota_entries (account, unit, period, number, available, held, used, correction, hold, reason,
                    note, created_at) VALUES \(list: rows)
                """)
        }
    }
}
