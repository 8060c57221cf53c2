import Storage

/// Ends runs that succeeded, each in the transaction that holds its effect.
///
/// Those that end while others are being written go together in the next transaction (group commit): of many short jobs,
/// each pays a part of what a transaction costs.
actor Completions {
    private struct Ending: Sendable {
        let job: Job
        let effect: JobEffect
        let continuation: CheckedContinuation<Void, any Error>
    }

    private let queue: JobQueue
    private var waiting: [Ending] = []
    private var isWriting = false

    init(_ queue: JobQueue) {
        self.queue = queue
    }

    /// - Parameter isAlone: not together with others, and not after them: where it could not be written so.
    /// - Throws: ``LeaseLost`` when the job has gone to another, what `effect` throws, ``DatabaseError``: nothing of it is kept
    ///   then, and what was written together with it is.
    func complete(_ job: Job, _ effect: @escaping JobEffect, isAlone: Bool = false) async throws {
        if isAlone { return try await write([(job, effect)]) }
        try await withCheckedThrowingContinuation { continuation in
            waiting.append(Ending(job: job, effect: effect, continuation: continuation))
            guard !isWriting else { return }
            isWriting = true
            Task { await writeAll() }
        }
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            let some = Array(waiting.prefix(JobQueue.largestClaim))
            waiting.removeFirst(some.count)
            await write(some)
        }
        isWriting = false
    }

    private func write(_ endings: [Ending]) async {
        do {
            try await write(endings.map { ($0.job, $0.effect) })
            for ending in endings { ending.continuation.resume() }
        } catch let error where endings.count == 1 || error.mayPass {
            for ending in endings { ending.continuation.resume(throwing: error) }
        } catch {
            // One spoilt it for all: alone, each succeeds or fails for itself.
            for ending in endings { await write([ending]) }
        }
    }

    private nonisolated func write(_ endings: [(job: Job, effect: JobEffect)]) async throws {
        try await queue.database.write { [queue] session in
            try queue.hold(endings.map(\.job), in: session)
            for ending in endings { try ending.effect(session) }
            try queue.complete(endings.map(\.job), in: session)
        }
    }
}
