import Jobs
import Storage

/// What clients and operators do to runs of workflows.
extension SimulatedWorld {
    /// Under a key, as a client does that starts it again when it does not know whether that was kept.
    func start(_ script: WorkflowScript, _ errand: Errand) async throws {
        let workflows = workflows(of: errand)
        witness.plan(script)
        let early = script.waits.filter { $0.arrival == .early && $0.run == script.name }.map(\.signal)
        try await write(errand) { session in
            let id = try workflows.start(
                Scripted.self, script, key: script.name, queue: SimulatedQueues.flows, in: session)
            guard let run = try workflows.find(id, in: session), !run.state.isFinal else { return }
            for signal in early { try workflows.signal(id, signal, signal, in: session) }
        }
    }

    /// Sends what runs wait for.
    func signal(_ errand: Errand) async throws {
        let waiting = try await database(of: errand).read { session in
            try session.rows(
                "SELECT id, awaited FROM workflows WHERE awaited LIKE 'signal %' AND ended_at IS NULL ORDER BY id"
            ).map { row in
                let awaited: String = try row.get("awaited")
                return (id: try row.get("id", as: WorkflowID.self), signal: String(awaited.dropFirst("signal ".count)))
            }
        }
        for (id, signal) in waiting where !witness.isNeverSent(signal) {
            try await change(id, errand) { try $0.signal(id, signal, signal, in: $1) }
        }
    }

    /// - Parameter body: may be impossible by how the run stands.
    func change(
        _ run: WorkflowID, _ errand: Errand, _ body: @escaping @Sendable (Workflows, any WriteSession) throws -> Void
    ) async throws {
        let workflows = workflows(of: errand)
        do {
            try await write(errand) { try body(workflows, $0) }
        } catch let error as WorkflowError {
            guard case .ended = error else { throw error }
            witness.refused(run, errand)
        } catch is InvalidWorkflowTransition {
            witness.refused(run, errand)
        }
    }

    func recover(_ errand: Errand) async throws {
        try await workflows(of: errand).recoverAll()
    }
}
