import Jobs
import Storage

/// A job that a client is to enqueue, and what is known of it before.
struct PlannedJob: Sendable {
    enum Uniqueness: Hashable, Sendable {
        case whileOpen(String)
        case oncePerMinute(String)
    }

    let id: JobID
    let queue: String
    let priority: Int
    let owner: AccountID?
    /// In seconds; not a delay where it is negative.
    let delay: Int
    let uniqueness: Uniqueness?

    static let kind = "tune"

    func job(at now: Timestamp) throws -> NewJob {
        let unique: JobUniqueness? =
            switch uniqueness {
            case .whileOpen(let key)?: .whileOpen(key)
            case .oncePerMinute(let key)?: .oncePer(.seconds(60), key)
            case nil: nil
            }
        return try NewJob(
            id: id, kind: Self.kind, json: Array("{}".utf8), queue: queue, priority: priority, owner: owner,
            runAt: now + .seconds(delay), unique: unique)
    }
}
