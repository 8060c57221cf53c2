import Storage

extension WorkflowContext {
    /// For work that takes long: ends it when the run's cancellation is requested. The step is not recorded then, and so
    /// not undone; between steps this is looked at anyway.
    ///
    /// - Throws: `CancellationError`, also when the database does not answer: another time, then.
    public func checkCancellation() async throws {
        guard !isUndoing else { return }
        if try await isCancelRequested() { throw stop(.cancelled) }
    }

    private func isCancelRequested() async throws -> Bool {
        let (id, database) = (id, hold.workflows.queue.database)
        do {
            let row = try await database.read { try $0.row("SELECT cancel_requested FROM workflows WHERE id = \(id)") }
            return try row?.get("cancel_requested") ?? false
        } catch {
            throw stop(.interrupted(error))
        }
    }

    /// Records in a transaction with the lease held.
    func record<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        if halt != nil { throw CancellationError() }
        let (value, isCancelRequested) = try await hold.write { _, session in try body(session) }
        noteCancelRequest(isCancelRequested)
        return value
    }

    /// As ``record(_:)``, where nothing can go wrong but the lease and the database.
    func recordOrStop<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        do {
            return try await record(body)
        } catch let reason as ParkingReason {
            throw stop(.parked(reason))
        } catch {
            throw stop(.interrupted(error))
        }
    }

    func decode<Value: Decodable>(_ step: WorkflowStep, as type: Value.Type = Value.self) throws -> Value {
        do throws(ParkingReason) {
            return try WorkflowValue.decode(step.result ?? "null", of: step.title)
        } catch {
            throw stop(.parked(error))
        }
    }
}
