import Storage

/// Ends runs that succeeded, each in the transaction that holds its effect, and claims the jobs that are next in their slots.
///
/// Those that end while others are being written go together in the next transaction (group commit): of many short jobs,
/// each pays a part of what a transaction costs. One at a time: together they would read what each other writes, and one of
/// them be undone for it. The claim goes into the same transaction where all writers wait for each other, and beside it
/// elsewhere: either way a slot waits for the disk once a job, not twice.
actor Completions {
    private struct Ending: Sendable {
        let job: Job
        let effect: JobEffect
        let continuation: CheckedContinuation<Completion, Never>
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
    func complete(_ job: Job, _ effect: @escaping JobEffect, isAlone: Bool = false) async -> Completion {
        if isAlone { return Completion(failure: await failure(of: job, effect)) }
        return await withCheckedContinuation { continuation in
            waiting.append(Ending(job: job, effect: effect, continuation: continuation))
            guard !isWriting else { return }
            isWriting = true
            Task { await writeAll() }
        }
    }

    private func writeAll() async {
        while true {
            // Of short jobs that were begun together, the others are about to end.
            await Task.yield()
            guard !waiting.isEmpty else { break }
            let some = Array(waiting.prefix(JobQueue.largestClaim))
            waiting.removeFirst(some.count)
            await write(some)
        }
        isWriting = false
    }

    private func write(_ endings: [Ending]) async {
        let vacancy = slots.claim(after: endings.map(\.job.queue))
        let isJoint = queue.database.hasOneWriter
        async let besides = claim(isJoint ? nil : vacancy)
        var (next, failures) = ([Job](), [(any Error)?](repeating: nil, count: endings.count))
        do {
            next = try await write(endings.map { ($0.job, $0.effect) }, claiming: isJoint ? vacancy : nil)
        } catch let error where endings.count == 1 || error.mayPass {
            failures = endings.map { _ in error }
        } catch {
            // One spoilt it for all: alone, each succeeds or fails for itself.
            for (index, ending) in endings.enumerated() {
                failures[index] = await failure(of: ending.job, ending.effect)
            }
        }
        next += await besides
        if vacancy != nil { slots.endClaim(next.map(\.queue)) }
        for (index, ending) in endings.enumerated() {
            let completion = Completion(failure: failures[index], next: index < next.count ? next[index] : nil)
            ending.continuation.resume(returning: completion)
        }
    }

    private nonisolated func failure(of job: Job, _ effect: @escaping JobEffect) async -> (any Error)? {
        do {
            _ = try await write([(job, effect)], claiming: nil)
            return nil
        } catch {
            return error
        }
    }

    /// Takes nothing where it fails: who fills the free slots will say why.
    private nonisolated func claim(_ vacancy: Slots.Vacancy?) async -> [Job] {
        guard let vacancy else { return [] }
        let jobs = try? await queue.claim(
            vacancy.demands, of: claimant.kinds, by: claimant.name, upTo: vacancy.limit)
        return jobs ?? []
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

/// What became of a run that succeeded.
struct Completion: Sendable {
    /// Why it could not be ended: ``LeaseLost`` when the job has gone to another, what its effect throws, ``DatabaseError``.
    /// Nothing of it is kept then, and what was written together with it is.
    var failure: (any Error)?
    /// A job that was claimed for the slot; nil when it is free.
    var next: Job?
}

/// Who claims jobs, and of which kinds.
struct Claimant: Sendable {
    let name: String
    let kinds: Set<String>
}
