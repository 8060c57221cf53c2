import Storage

/// What becomes of slots that nobody claimed in their time, because no scheduler ran or the database was away.
///
/// Slots that are due together count as one outage, however short it was.
public enum CatchUp: Hashable, Sendable {
    /// The latest is run if it is no older than this; all others are passed over.
    case skip(olderThan: Duration = .seconds(60))
    /// The latest is run, however old; those before it are passed over.
    case once
    /// Each is run, the oldest first; of more than `limit`, the latest. At most ``mostSlots``. Those for which the queue has
    /// no room yet are run when it has.
    case all(limit: Int = CatchUp.mostSlots)

    /// That are caught up in one transaction.
    public static let mostSlots = 1000

    /// - Parameter settled: up to which moment all slots were decided on before.
    /// - Complexity: that of ``Recurrence/previous(before:)``, once for each slot that is run.
    func due(_ recurrence: Recurrence, after settled: Timestamp, at now: Timestamp) -> DueSlots {
        guard let first = recurrence.next(after: settled), first <= now,
            let latest = recurrence.previous(before: now + .milliseconds(1))
        else { return DueSlots(settled: settled, next: recurrence.next(after: settled)) }
        let run: [Timestamp] =
            switch self {
            case .skip(let age): now - latest <= age ? [latest] : []
            case .once: [latest]
            case .all(let limit):
                recurrence.slots(after: settled, through: now, latest: min(max(limit, 1), Self.mostSlots))
            }
        let isWhole = run.first == first
        return DueSlots(
            run: run, passedOver: isWhole ? nil : first, settled: latest, next: recurrence.next(after: latest))
    }
}

/// What was decided on the slots of a schedule that are due.
struct DueSlots: Equatable {
    /// Oldest first.
    var run: [Timestamp] = []
    /// The first of those that are passed over.
    var passedOver: Timestamp?
    /// Up to here all slots are decided on now.
    var settled: Timestamp
    var next: Timestamp?

    /// The oldest `count` of those that are run; the others are still to be decided on.
    func first(_ count: Int, of recurrence: Recurrence) -> DueSlots {
        guard count < run.count, let last = run.prefix(count).last else { return self }
        return DueSlots(
            run: Array(run.prefix(count)), passedOver: passedOver, settled: last, next: recurrence.next(after: last))
    }
}

extension CatchUp: LosslessStringConvertible {
    /// `skip 60000` (milliseconds), `once`, `all 1000`.
    public var description: String {
        switch self {
        case .skip(let age): "skip \(age.wholeMilliseconds)"
        case .once: "once"
        case .all(let limit): "all \(limit)"
        }
    }

    public init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        switch (words.first, words.count) {
        case ("once", 1):
            self = .once
        case ("skip", 2):
            guard let age = Int64(words[1]) else { return nil }
            self = .skip(olderThan: .milliseconds(age))
        case ("all", 2):
            guard let limit = Int(words[1]) else { return nil }
            self = .all(limit: limit)
        default: return nil
        }
    }
}
