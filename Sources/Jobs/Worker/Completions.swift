import Storage

/// Ends runs that succeeded, each in the transaction that holds its effect.
///
/// Those that end while others are being written go together in the next transaction (group commit): of many short jobs,
/// each pays a part of what a transaction costs. Where all writers wait for each other, the transaction also claims the jobs
/// that are next in their slots.
actor Completions {
    private struct Ending: Sendable {
        let job: Job
        let effect: JobEffect
        let continuation: CheckedContinuation<Job?, any Error>
    }

    private let queue: JobQueue
    private let slots: Slots
    private let claimant: Claimant
    private var waiting: [Ending] = []
    private var isWriting = false

    init(_ queue: JobQueue, _ slots: Slots, for claimant: Claimant) {
        (self.queue, self.slots, self.claimant) = (queue, slots, claimant)
    }

    /// - Parameter isAlone: not together with others, and not after them: where it could not be written so.
    /// - Returns: a job that was claimed for the slot; nil when it is free.
    /// - Throws: ``LeaseLost`` when the job has gone to another, what `effect` throws, ``DatabaseError``: nothing of it is kept
    ///   then, and what was written together with it is.
    func complete(_ job: Job, _ effect: @escaping JobEffect, isAlone: Bool = false) async throws -> Job? {
        if isAlone {
            _ = try await write([(job, effect)], claiming: nil)
            return nil
        }
        return try await withCheckedThrowingContinuation { continuation in
            waiting.append(Ending(job: job, effect: effect, continuation: continuation))
            guard !isWriting else { return }
            isWriting = true
            Task { await writeAll() }
        }
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            // Of short jobs that were begun together, the others are about to end.
            await Task.yield()
            let some = Array(waiting.prefix(JobQueue.largestClaim))
            waiting.removeFirst(some.count)
            let vacancy = queue.database.hasOneWriter ? slots.claim(after: some.map(\.job.queue)) : nil
            await write(some, claiming: vacancy)
        }
        isWriting = false
    }

    private func write(_ endings: [Ending], claiming vacancy: Slots.Vacancy?) async {
        var next: [Job] = []
        do {
            defer { if vacancy != nil { slots.endClaim(next.map(\.queue)) } }
            next = try await write(endings.map { ($0.job, $0.effect) }, claiming: vacancy)
        } catch let error where endings.count == 1 || error.mayPass {
            for ending in endings { ending.continuation.resume(throwing: error) }
            return
        } catch {
            // One spoilt it for all: alone, each succeeds or fails for itself.
            for ending in endings { await write([ending], claiming: nil) }
            return
        }
        for (index, ending) in endings.enumerated() {
            ending.continuation.resume(returning: index < next.count ? next[index] : nil)
        }
    }

    private nonisolated func write(
        _ endings: [(job: Job, effect: JobEffect)], claiming vacancy: Slots.Vacancy?
    ) async throws -> [Job] {
        try await queue.database.write { [queue, claimant] session in
            try queue.hold(endings.map(\.job), in: session)
            for ending in endings { try ending.effect(session) }
            try queue.complete(endings.map(\.job), in: session)
            guard let vacancy else { return [] }
            return try queue.claim(
                vacancy.demands, of: claimant.kinds, by: claimant.name, upTo: vacancy.limit, in: session)
        }
    }
}

/// Who claims jobs, and of which kinds.
struct Claimant: Sendable {
    let name: String
    let kinds: Set<String>
}
