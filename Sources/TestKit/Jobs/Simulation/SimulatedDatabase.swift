import Storage

/// The database as one errand reaches it: before each transaction the errand is held up, and what befalls it there is the
/// simulation's decision.
struct SimulatedDatabase: Database {
    let world: SimulatedWorld
    let errand: Errand

    private var away: DatabaseError { .unavailable("the simulation took it away") }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        switch try await world.pass(errand) {
        case .refused, .unanswered: throw away
        case .diesBefore, .diesWithin, .diesAfter: throw Killed()
        case .goesOn, .doubled:
            let names = world.names
            return try await world.database.read { try body(SimulatedReadSession($0, names)) }
        }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await write(.serializable, body)
    }

    func write<Value: Sendable>(
        _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        switch try await world.pass(errand) {
        case .refused: throw away
        case .diesBefore: throw Killed()
        case .diesWithin:
            return try await transact(isolation) { session in
                _ = try body(session)
                throw Killed()
            }
        case .diesAfter:
            _ = try await transact(isolation, body)
            throw Killed()
        case .unanswered:
            _ = try await transact(isolation, body)
            world.witness.count { $0.unanswered += 1 }
            throw away
        case .doubled:
            let value = try await transact(isolation, body)
            world.witness.count { $0.doubled += 1 }
            // Nobody hears the second answer.
            _ = try? await transact(isolation, body)
            return value
        case .goesOn: return try await transact(isolation, body)
        }
    }

    private func transact<Value: Sendable>(
        _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        let (value, sight) = try await world.database(for: errand).write(isolation) { [world, errand] session in
            let simulated = SimulatedSession(session, world.names)
            let value = try body(simulated)
            let sight = try simulated.hasChanged ? world.witness.look(errand, in: session) : nil
            return (value, sight)
        }
        if let sight { world.witness.judge(sight, errand) }
        return value
    }
}
