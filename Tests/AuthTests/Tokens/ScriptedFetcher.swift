import Foundation
import Storage
import Synchronization

@testable import Auth

/// An issuer that answers as a test says, and counts.
final class ScriptedFetcher: KeySetFetcher {
    struct Down: Error, CustomStringConvertible {
        let description = "connection refused"
    }

    private struct State {
        var answer: [UInt8]?
        var urls: [String] = []
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// - Parameter answer: nil while it is down.
    init(_ answer: [UInt8]?) {
        state = Mutex(State(answer: answer))
    }

    convenience init(_ keys: [VerificationKey]) {
        self.init(JSONWebKeySet.document(of: keys))
    }

    /// What was asked for.
    var urls: [String] { state.withLock { $0.urls } }
    var fetches: Int { urls.count }

    func answer(_ answer: [UInt8]?) { state.withLock { $0.answer = answer } }
    func answer(_ keys: [VerificationKey]) { answer(JSONWebKeySet.document(of: keys)) }

    /// Lets nobody through until ``release()``.
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let waiting = state.withLock { state in
            defer { (state.isHeld, state.waiting) = (false, []) }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    func keySet(at url: String, upTo limit: Int) async throws -> [UInt8] {
        state.withLock { $0.urls.append(url) }
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHeld { state.waiting.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        guard let answer = state.withLock({ $0.answer }) else { throw Down() }
        return answer
    }
}
