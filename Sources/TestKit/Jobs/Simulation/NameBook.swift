import Storage
import StorageTestKit
import Synchronization

/// Names that follow from the seed, in place of those that the engine draws at random.
final class NameBook: Sendable {
    private struct State {
        var given: [String: String] = [:]
        var random: SplitMix64
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(random: SplitMix64(seed: ~seed)))
    }

    /// What `text` is called in the database: a name of this book stays as it is.
    func given(for text: String) -> String {
        state.withLock { state in
            if let known = state.given[text] { return known }
            let name = Self.next(&state.random)
            (state.given[text], state.given[name]) = (name, name)
            return name
        }
    }

    func make<Entity>(_ entity: Entity.Type = Entity.self) -> Identifier<Entity> {
        let text = state.withLock { state in
            let name = Self.next(&state.random)
            state.given[name] = name
            return name
        }
        guard let name = Identifier<Entity>(text) else { preconditionFailure("'\(text)' is written as a UUID") }
        return name
    }

    private static func next(_ random: inout SplitMix64) -> String {
        let digits = [random.next(), random.next()].map { half in
            let text = String(half, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        let (first, second) = (digits[0], digits[1])
        return
            "\(first.prefix(8))-\(first.dropFirst(8).prefix(4))-\(first.suffix(4))-\(second.prefix(4))-\(second.dropFirst(4))"
    }
}
