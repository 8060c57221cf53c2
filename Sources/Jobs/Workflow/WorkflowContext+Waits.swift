import Storage

extension WorkflowContext {
    /// Goes on after `duration`, however often the program is stopped meanwhile. No worker is held.
    public func sleep(_ name: String, for duration: Duration) async throws {
        try await sleep(name) { $0 + duration }
    }

    /// Goes on at `time`; at once when it is past.
    public func sleep(_ name: String, until time: Timestamp) async throws {
        try await sleep(name) { _ in time }
    }

    /// Takes the next signal of that name: one that is there already, or the first to come. No worker is held meanwhile.
    ///
    /// - Parameters:
    ///   - signal: as ``Workflows/signal(_:_:_:in:)`` names it.
    ///   - step: the step's name; needed when the run waits for signals of one name more than once.
    /// - Throws: ``StepFailed`` when the payload is not a `Payload`.
    public func wait<Payload: Codable & Sendable>(
        for signal: String, as type: Payload.Type = Payload.self, step: String? = nil
    ) async throws -> Payload {
        let payload: Payload? = try await wait(for: signal, step: step ?? signal, until: nil)
        guard let payload else { throw StepFailed(step: step ?? signal, reason: "the signal's payload is null") }
        return payload
    }

    /// As ``wait(for:as:step:)``, but not for ever.
    ///
    /// - Returns: nil when `timeout` has passed since the wait began.
    public func wait<Payload: Codable & Sendable>(
        for signal: String, as type: Payload.Type = Payload.self, step: String? = nil, timeout: Duration
    ) async throws -> Payload? {
        try await wait(for: signal, step: step ?? signal, until: now + timeout)
    }

    private func sleep(_ name: String, until end: (Timestamp) -> Timestamp) async throws {
        var step = try enter(name, .sleep)
        defer { leave() }
        guard step.state == .waiting else { return }
        try checkGoesOn()
        let time = step.wakesAt ?? end(now)
        guard time <= now else {
            step.wakesAt = time
            throw stop(.suspended(suspension(step, until: time)))
        }
        let done = step.ended(.done, at: now)
        try await recordOrStop { [hold] in try done.save(of: hold, in: $0) }
    }

    private func wait<Payload: Codable & Sendable>(
        for signal: String, step name: String, until latest: Timestamp?
    ) async throws -> Payload? {
        var step = try enter(name, .signal)
        defer { leave() }
        switch step.state {
        case .failed: throw StepFailed(step: name, reason: step.error ?? "")
        case .done: return try decode(step, as: Payload?.self)
        case .waiting, .begun: break
        }
        try checkGoesOn()
        let isFirst = step.position >= recorded.count
        let end = isFirst ? latest : step.wakesAt
        switch try await take(signal, as: Payload.self, by: step, orTimeoutAt: end) {
        case .value(let payload): return payload
        case .failed(let reason): throw StepFailed(step: name, reason: reason)
        case .notYet:
            step.wakesAt = end
            throw stop(.suspended(suspension(step, until: end, awaiting: .signal(signal))))
        }
    }

    private enum Taken<Payload: Sendable>: Sendable {
        case value(Payload?)
        case failed(reason: String)
        case notYet
    }

    /// Takes a signal, or notes that its time is over; both at most once, together with the step's end.
    private func take<Payload: Codable & Sendable>(
        _ signal: String, as type: Payload.Type, by step: WorkflowStep, orTimeoutAt end: Timestamp?
    ) async throws -> Taken<Payload> {
        try await recordOrStop { [hold, now] session in
            var ended = step.ended(.done, at: now)
            guard let row = try hold.workflows.nextSignal(signal, of: hold.id, in: session) else {
                guard let end, end <= now else { return .notYet }
                ended.result = "null"
                try ended.save(of: hold, in: session)
                return .value(nil)
            }
            let (number, payload) = (try row.get("number", as: Int.self), try row.get("payload", as: String.self))
            let taken: Taken<Payload>
            try session.execute(
                """
                UPDATE workflow_signals SET taken_by = \(step.position)
                WHERE workflow_id = \(hold.id) AND number = \(number)
                """)
            do throws(ParkingReason) {
                let value: Payload? = try WorkflowValue.decode(payload, of: step.title)
                taken = .value(value)
                ended.result = payload
            } catch {
                // The sender's mistake, not the program's.
                let reason = "the payload of signal '\(signal)' has another type"
                taken = .failed(reason: reason)
                ended = step.ended(.failed, at: now)
                ended.error = reason
            }
            try ended.save(of: hold, in: session)
            return taken
        }
    }
}
