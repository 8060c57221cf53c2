import Storage

/// How to undo a step: called with its result, outside any transaction, and as often as it takes. What it returns is
/// written in the transaction that records that the step is undone, so it applies exactly once.
public typealias UndoStep<Value> = @Sendable (Value) async throws -> JobEffect

extension WorkflowContext {
    /// Does `work` until it succeeds or `retry` is spent, and records its result once.
    ///
    /// It runs outside any transaction, and again if the process dies before its result is recorded: what it asks of others
    /// carries an ``idempotencyKey(for:)``, or can be repeated without harm.
    ///
    /// - Parameters:
    ///   - work: throws ``JobFailure`` with a reason for the owner, `.final` when trying again cannot help; the reason of any
    ///     other error is kept for the operator.
    ///   - undo: called if the run fails or is cancelled later; not for a step that failed itself.
    /// - Throws: ``StepFailed`` when it has failed for good; `CancellationError` when this time is over.
    public func step<Value: Codable & Sendable>(
        _ name: String, retry: StepRetry = StepRetry(), _ work: @Sendable () async throws -> Value,
        undo: UndoStep<Value>? = nil
    ) async throws -> Value {
        try await perform(name, retry, isOnce: retry.isOnce, undo, work) { value, _ in value }
    }

    /// As ``step(_:retry:_:undo:)``, without a result.
    public func step(
        _ name: String, retry: StepRetry = StepRetry(), _ work: @Sendable () async throws -> Void,
        undo: UndoStep<Void>? = nil
    ) async throws {
        _ = try await perform(name, retry, isOnce: retry.isOnce, undo.map(ignoring), work) { _, _ in Nothing() }
    }

    /// Does `work`, and writes what it found together with the step's result: the writes apply exactly once.
    ///
    /// - Parameter recording: may be run again after contention, so it does nothing but write, and is given what `work`
    ///   returned; its own value is the step's result.
    public func step<Found: Sendable, Value: Codable & Sendable>(
        _ name: String, retry: StepRetry = StepRetry(), _ work: @Sendable () async throws -> Found,
        recording: @escaping @Sendable (Found, any WriteSession) throws -> Value, undo: UndoStep<Value>? = nil
    ) async throws -> Value {
        try await perform(name, retry, isOnce: retry.isOnce, undo, work, recording)
    }

    /// A step that only reads and writes the database, in the transaction that records its result: exactly once.
    ///
    /// - Parameter body: may be run again after contention, so it does nothing but read and write.
    public func transaction<Value: Codable & Sendable>(
        _ name: String, retry: StepRetry = StepRetry(),
        _ body: @escaping @Sendable (any WriteSession) throws -> Value, undo: UndoStep<Value>? = nil
    ) async throws -> Value {
        try await perform(name, retry, isOnce: false, undo, {}) { _, session in try body(session) }
    }

    /// As ``transaction(_:retry:_:undo:)``, without a result.
    public func transaction(
        _ name: String, retry: StepRetry = StepRetry(), _ body: @escaping @Sendable (any WriteSession) throws -> Void,
        undo: UndoStep<Void>? = nil
    ) async throws {
        _ = try await perform(name, retry, isOnce: false, undo.map(ignoring), {}) { _, session in
            try body(session)
            return Nothing()
        }
    }

    /// - Parameter isOnce: what is cut off is not begun again, so that it begins is recorded. What happens in one transaction
    ///   cannot be cut off.
    private func perform<Found: Sendable, Value: Codable & Sendable>(
        _ name: String, _ retry: StepRetry, isOnce: Bool, _ undo: UndoStep<Value>?,
        _ work: @Sendable () async throws -> Found,
        _ recording: @escaping @Sendable (Found, any WriteSession) throws -> Value
    ) async throws -> Value {
        let step = try enter(name, .work)
        defer { leave() }
        switch step.state {
        case .failed: throw StepFailed(step: name, reason: step.error ?? "")
        case .done:
            let value: Value = try decode(step)
            register(undo, value, step, retry)
            return value
        case .begun:
            try checkGoesOn()
            throw await failure(of: step, JobFailure(.final, "it was cut off, and nobody knows how far it went"), retry)
        case .waiting:
            try checkGoesOn()
            if let time = step.wakesAt, time > now { throw stop(.suspended(suspension(step, until: time))) }
            if isOnce { try await begin(step) }
            let value = try await attempt(step, retry, work, recording)
            register(undo, value, step, retry)
            return value
        }
    }

    private func attempt<Found: Sendable, Value: Codable & Sendable>(
        _ step: WorkflowStep, _ retry: StepRetry, _ work: @Sendable () async throws -> Found,
        _ recording: @escaping @Sendable (Found, any WriteSession) throws -> Value
    ) async throws -> Value {
        let found: Found
        do {
            found = try await work()
        } catch {
            throw await failure(of: step, error, retry)
        }
        do {
            return try await record { [self] session in
                let value = try recording(found, session)
                var done = step.ended(.done, at: now)
                done.result = try WorkflowValue.encode(value, as: "the result of step '\(step.name)'")
                try done.save(of: hold, in: session)
                return value
            }
        } catch {
            if error.isOfTheEngine { throw stop(.interrupted(error)) }
            throw await failure(of: step, error, retry)
        }
    }

    private func begin(_ step: WorkflowStep) async throws {
        var begun = step
        begun.state = .begun
        try await recordOrStop { [hold, begun] in try begun.save(of: hold, in: $0) }
    }

    /// Records a failed attempt, or leaves it to be recorded when the worker is let go.
    func failure(of step: WorkflowStep, _ error: any Error, _ retry: StepRetry) async -> any Error {
        if let halt { return stop(halt) }
        if error.isOfTheStop { return stop(.interrupted(CancellationError())) }
        let failure = AttemptFailure(error)
        var failed = step
        (failed.error, failed.detail) = (failure.reason, failure.detail)
        failed.attempts += 1
        if failure.isFinal || failed.attempts >= retry.attempts {
            let ended = failed.ended(.failed, at: now)
            do {
                try await recordOrStop { [hold] in try ended.save(of: hold, in: $0) }
            } catch {
                return error
            }
            return StepFailed(step: step.name, reason: failure.reason)
        }
        let time = now + retry.delay(afterFailure: failed.attempts, jitter: .random(in: 0...1))
        failed.wakesAt = time
        return stop(.suspended(suspension(failed, until: time)))
    }

    private func register<Value: Codable & Sendable>(
        _ undo: UndoStep<Value>?, _ value: Value, _ step: WorkflowStep, _ retry: StepRetry
    ) {
        guard let undo else { return }
        addUndo(StepUndo(step: step, retry: retry) { try await undo(value) })
    }

    func suspension(
        _ step: WorkflowStep, until time: Timestamp?, awaiting awaited: Awaited? = nil
    ) -> Suspension {
        Suspension(until: time, awaited: awaited) { [hold] _, session in try step.save(of: hold, in: session) }
    }
}

/// The result of a step that has none.
private struct Nothing: Codable, Sendable {}

private func ignoring(_ undo: @escaping UndoStep<Void>) -> UndoStep<Nothing> {
    { _ in try await undo(()) }
}

extension WorkflowStep {
    func ended(_ state: State, at now: Timestamp) -> WorkflowStep {
        var step = self
        (step.state, step.endedAt, step.wakesAt) = (state, now, nil)
        return step
    }
}
