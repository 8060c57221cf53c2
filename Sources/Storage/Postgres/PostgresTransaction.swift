import Storage

/// One attempt at a transaction on a connection, on the thread that waits for the server.
struct PostgresTransaction {
    enum Kind: String {
        case reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case writing = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
        case writingRows = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
    }

    private let kind: Kind
    private let connection: PostgresConnection
    private let run: PostgresRun

    init(_ kind: Kind, on connection: PostgresConnection, _ run: PostgresRun) {
        (self.kind, self.connection, self.run) = (kind, connection, run)
    }

    func result<Value: Sendable>(of body: (PostgresSession) throws -> Value) -> PostgresOutcome<Value> {
        run.began(on: connection.interrupt)
        do {
            try connection.command(kind.rawValue)
        } catch {
            return undone(error, error.error)
        }
        let session = PostgresSession(connection, run)
        let value: Value
        do {
            value = try body(session)
        } catch {
            return undone(session.failure, error)
        }
        if let failure = session.failure { return undone(failure, failure.error) }
        guard !run.closed() else { return undone(nil, CancellationError()) }
        return commit(value, session.actions)
    }

    private func commit<Value: Sendable>(
        _ value: Value, _ actions: [@Sendable () -> Void]
    ) -> PostgresOutcome<Value> {
        do {
            let tag = try connection.command("COMMIT")
            // The server answers an impossible COMMIT with a ROLLBACK that succeeds.
            guard tag == "COMMIT" else { return .failed(DatabaseError.unexpected("\(tag) instead of a commit")) }
            return .kept(value, actions: actions)
        } catch {
            // What was read stays true.
            if kind == .reading { return .kept(value, actions: actions) }
            guard error.kind != .lost else {
                // Never again blindly: what was kept would be done twice.
                return .failed(
                    DatabaseError.unavailable(
                        "the connection was lost during the commit, so the change may have been kept or not"))
            }
            return undone(error, error.error)
        }
    }

    /// - Parameters:
    ///   - failure: of the server, if it was one.
    ///   - error: what the body made of it.
    private func undone<Value: Sendable>(_ failure: PostgresFailure?, _ error: any Error) -> PostgresOutcome<Value> {
        let isCancelled = run.closed()
        if !connection.isBroken, !connection.isIdle { _ = try? connection.command("ROLLBACK") }
        if failure?.kind == .forgottenStatement { _ = try? connection.command("DEALLOCATE ALL") }
        if isCancelled, failure != nil || error is CancellationError { return .failed(CancellationError()) }
        switch failure?.kind {
        case .conflict, .sameMoment, .forgottenStatement, .lost: return failure.map { .again($0) } ?? .failed(error)
        case .stopped, .other, nil: return .failed(error)
        }
    }
}

/// How long, and how often, a transaction is tried again.
struct PostgresPatience {
    private let settings: PostgresSettings
    private let began = ContinuousClock.now
    private var conflicts = 0
    private var oddities = 0

    init(_ settings: PostgresSettings) {
        self.settings = settings
    }

    /// Whether it met others so often that it had better wait its turn.
    var takesTurns: Bool { conflicts >= 2 }

    /// - Returns: the time to wait before the next attempt; nil when there is to be none.
    mutating func delay(after failure: PostgresFailure) -> Duration? {
        let waited = began.duration(to: .now)
        switch failure.kind {
        case .conflict:
            conflicts += 1
            // Random, so that those who met do not meet again.
            let longest = 1 << min(conflicts, 6)
            return waited < settings.conflictWait ? .microseconds(Int.random(in: 100...(1000 * longest))) : nil
        case .lost:
            return waited < settings.reconnectWait ? .milliseconds(Int.random(in: 5...50)) : nil
        case .sameMoment, .forgottenStatement:
            oddities += 1
            return oddities <= 3 ? .zero : nil
        case .stopped, .other: return nil
        }
    }
}
