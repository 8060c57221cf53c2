import Jobs
import Storage

/// The database as errands reach it: before each transaction one is held up, and what befalls it there is the simulation's
/// decision.
struct SimulatedDatabase: Database {
    let world: SimulatedWorld
    /// Of the next transaction.
    let errand: @Sendable () -> Errand

    static let away = DatabaseError.unavailable("the simulation took it away")

    var hasOneWriter: Bool { world.hasOneWriter }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        switch try await pass(errand()) {
        case .refused, .unanswered: throw Self.away
        case .diesBefore, .diesWithin, .diesAfter: throw Killed()
        case .goesOn, .doubled:
            let (names, database) = (world.names, world.database)
            return try await world.thread.elsewhere {
                try await database.read { try body(SimulatedReadSession($0, names)) }
            }
        }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await write(.serializable, body)
    }

    func write<Value: Sendable>(
        _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        let errand = errand()
        switch try await pass(errand) {
        case .refused: throw Self.away
        case .diesBefore: throw Killed()
        case .diesWithin:
            return try await transact(errand, isolation) { session in
                _ = try body(session)
                throw Killed()
            }
        case .diesAfter:
            _ = try await transact(errand, isolation, body)
            throw Killed()
        case .unanswered:
            _ = try await transact(errand, isolation, body)
            world.witness.count { $0.unanswered += 1 }
            throw Self.away
        case .doubled:
            let value = try await transact(errand, isolation, body)
            world.witness.count { $0.doubled += 1 }
            // Nobody hears the second answer.
            _ = try? await transact(errand, isolation, body)
            return value
        case .goesOn: return try await heard(errand, isolation, body)
        }
    }

    /// As ``transact(_:_:_:)``; what a worker keeps to itself is counted here.
    private func heard<Value: Sendable>(
        _ errand: Errand, _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        do {
            return try await transact(errand, isolation, body)
        } catch let error as LeaseLost where errand.isOfWorker {
            world.witness.count { $0.refusals += 1 }
            throw error
        }
    }

    private func pass(_ errand: Errand) async throws -> Fate {
        let fate = try await world.pass(errand)
        // Some engines ask for it, others do not.
        try Task.checkCancellation()
        return fate
    }

    private func transact<Value: Sendable>(
        _ errand: Errand, _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        let (value, sight) = try await world.thread.elsewhere { [world] in
            try await world.database(for: errand).write(isolation) { session in
                let simulated = SimulatedSession(session, world.names)
                let value = try body(simulated)
                let sight = try simulated.hasChanged ? world.witness.look(errand, in: session) : nil
                return (value, sight)
            }
        }
        if let sight { world.witness.judge(sight, errand, at: world.elapsed) }
        return value
    }
}
