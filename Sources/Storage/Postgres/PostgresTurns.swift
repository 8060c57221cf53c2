/// Lets transactions that met others again and again go one after another, in the order in which they came.
///
/// Otherwise, of many on one row, chance decides who is never done: each round the server lets one pass and undoes the rest.
actor PostgresTurns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Runs `work` when all who came before are done.
    nonisolated func inTurn<Value: Sendable>(_ work: () async throws -> Value) async rethrows -> Value {
        await enter()
        do {
            let value = try await work()
            await leave()
            return value
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// The turn goes to the next in line directly, so that nobody comes in between.
    private func leave() {
        guard !waiting.isEmpty else {
            isTaken = false
            return
        }
        waiting.removeFirst().resume()
    }
}
