import Synchronization

/// Where errands are held up, at each place where something could come in between, until they are let through: so the order
/// of all that happens is the simulation's, however many are under way.
final class Turnstile: Sendable {
    private struct Held {
        let errand: Errand
        let continuation: CheckedContinuation<Fate, Never>
    }

    private let held = Mutex<[Int: Held]>([:])

    /// An errand has come to such a place.
    ///
    /// - Returns: what befalls it there, once it is let through.
    func pass(_ errand: Errand) async -> Fate {
        await withCheckedContinuation { continuation in
            held.withLock { $0[errand.number] = Held(errand: errand, continuation: continuation) }
        }
    }

    /// Lets an errand go on to its next place.
    func admit(_ errand: Int, _ fate: Fate) {
        held.withLock { $0.removeValue(forKey: errand) }?.continuation.resume(returning: fate)
    }

    /// Errands that are held up, in the order in which they began.
    var waiting: [Errand] {
        held.withLock { held in held.values.map(\.errand).sorted { $0.number < $1.number } }
    }

    func isWaiting(_ errand: Int) -> Bool {
        held.withLock { $0[errand] != nil }
    }
}

/// What befalls an errand at its next transaction, or at its work outside of any.
enum Fate: String, Sendable {
    case goesOn = "goes on"
    /// The database is away: nothing is done, and the errand is told so.
    case refused
    /// It is kept, but the answer is lost.
    case unanswered
    /// It is done twice, as by a network that repeats what it was given.
    case doubled
    /// The process dies before anything is done.
    case diesBefore = "dies before"
    /// The process dies after all statements, before the commit.
    case diesWithin = "dies within"
    /// The process dies after the commit.
    case diesAfter = "dies after"

    var isDeath: Bool {
        switch self {
        case .diesBefore, .diesWithin, .diesAfter: true
        case .goesOn, .refused, .unanswered, .doubled: false
        }
    }
}

/// The process that did it is dead.
struct Killed: Error {}
