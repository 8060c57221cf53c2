import Jobs
import Storage

/// What clients and operators do to a queue.
extension SimulatedWorld {
    func enqueue(_ planned: [PlannedJob], _ isUndone: Bool, _ errand: Errand) async throws {
        let queue = queue(of: errand)
        witness.plan(planned)
        do {
            try await write(errand) { session in
                let now = errand.now
                try queue.enqueue(planned.map { try $0.job(at: now) }, in: session)
                if isUndone { throw Undo() }
            }
        } catch is Undo {
        } catch let error as JobQueueError {
            witness.refused(error, planned, errand)
        }
    }

    /// - Parameter body: may be impossible by how the job stands.
    func change(
        _ job: JobID, _ errand: Errand, _ body: @escaping @Sendable (any WriteSession) throws -> Void
    ) async throws {
        do {
            try await write(errand, body)
        } catch is InvalidTransition {
            witness.refused(job, errand)
        } catch let error as JobQueueError {
            switch error {
            case .notFound(job), .replaced(job, by: _): witness.refused(job, errand)
            default: throw error
            }
        }
    }

    func prune(_ queue: JobQueue, _ errand: Errand) async throws {
        let oldest = errand.now - .seconds(60)
        try await write(errand) { session in
            try queue.prune(endedBefore: oldest, in: session)
            try queue.prune(endedBefore: oldest, dead: true, in: session)
        }
    }

    func set(_ change: Errand.QueueChange, _ name: String, _ errand: Errand) async throws {
        let queue = queue(of: errand)
        try await write(errand) { session in
            switch change {
            case .pause: try queue.pause(name, in: session)
            case .drain: try queue.drain(name, in: session)
            case .resume: try queue.resume(name, in: session)
            case .capacity(let capacity): try queue.setCapacity(capacity, of: name, in: session)
            case .open:
                try queue.resume(name, in: session)
                try queue.setCapacity(nil, of: name, in: session)
            }
        }
    }
}
