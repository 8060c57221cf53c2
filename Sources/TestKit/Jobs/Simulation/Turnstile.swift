import Synchronization

/// Lets one errand at a time go on, up to the next place where something could come in between: so the order of all that
/// happens is the simulation's, however many errands are under way.
final class Turnstile: Sendable {
    private struct State {
        var waiting: [Int: CheckedContinuation<Fate, Never>] = [:]
        var keeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// An errand has come to such a place.
    ///
    /// - Returns: what befalls it there, once it is let through.
    func pass(_ errand: Int) async -> Fate {
        await withCheckedContinuation { continuation in
            let keeper = state.withLock { state in
                state.waiting[errand] = continuation
                return state.keeper.take()
            }
            keeper?.resume()
        }
    }

    /// An errand is over.
    func leave() {
        state.withLock { $0.keeper.take() }?.resume()
    }

    /// Returns when the errand that is started has come to its first place, or is over.
    func begin(_ start: () -> Void) async {
        await withCheckedContinuation { keeper in
            state.withLock { $0.keeper = keeper }
            start()
        }
    }

    /// Returns when the errand has come to its next place, or is over.
    func admit(_ errand: Int, _ fate: Fate) async {
        await withCheckedContinuation { keeper in
            let waiter = state.withLock { state in
                state.keeper = keeper
                return state.waiting.removeValue(forKey: errand)
            }
            if let waiter { waiter.resume(returning: fate) } else { leave() }
        }
    }

    func isWaiting(_ errand: Int) -> Bool {
        state.withLock { $0.waiting[errand] != nil }
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
