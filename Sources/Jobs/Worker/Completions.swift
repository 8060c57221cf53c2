import Storage

/// Ends runs that succeeded, each in the transaction that holds its effect, and claims the jobs that go on in their slots.
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
    private let machine: any Machine
    private var waiting: [Ending] = []
    private var isWriting = false

    init(_ queue: JobQueue, _ slots: Slots, for claimant: Claimant, on machine: any Machine) {
        (self.queue, self.slots, self.claimant, self.machine) = (queue, slots, claimant, machine)
    }

    /// - Parameter isAlone: not together with others, and not after them: where it could not be written so.
    func complete(_ job: Job, _ effect: @escaping JobEffect, isAlone: Bool = false) async -> Completion {
        if isAlone { return Completion(failure: await failure(of: job, effect)) }
        return await withCheckedContinuation { continuation in
            waiting.append(Ending(job: job, effect: effect, continuation: continuation))
            guard !isWriting else { return }
            isWriting = true
            Task(executorPreference: machine.executor) { await self.writeAll() }
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
        let queues = endings.map(\.job.queue)
        let vacancy = slots.beginClaim(after: queues)
        let isJoint = queue.database.hasOneWriter
        async let besides = claim(isJoint ? nil : vacancy)
        var (next, failure) = ([Job](), (any Error)?.none)
        do {
            next = try await write(endings.map { ($0.job, $0.effect) }, claiming: isJoint ? vacancy : nil)
        } catch {
            failure = error
        }
        next += await besides
        if failure != nil {
            // No job begins before the one is over in whose slot it would.
            await giveBack(next)
            next = []
        }
        if vacancy != nil { slots.endClaim(taking: next.map(\.queue), after: queues) }
        for (index, ending) in endings.enumerated() {
            var completion = Completion(failure: failure, next: index < next.count ? next[index] : nil)
            // One may have spoilt it for all, or the claim did: alone, each succeeds or fails for itself.
            if let failure, !failure.mayPass { completion.failure = await self.failure(of: ending.job, ending.effect) }
            ending.continuation.resume(returning: completion)
        }
    }

    /// What cannot be given back goes to another when its lease runs out.
    private nonisolated func giveBack(_ jobs: [Job]) async {
        guard !jobs.isEmpty else { return }
        let jobs = jobs.sorted { $0.id.text < $1.id.text }
        _ = try? await queue.database.write(.readCommitted) { [queue] session in
            for job in jobs { try queue.apply(.released(token: job.course.token), to: job.id, in: session) }
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
        // By owner, as everywhere: what effects and events lock for each owner is then locked in one order.
        let endings = endings.sorted { $0.job.owner?.text ?? "" < $1.job.owner?.text ?? "" }
        return try await queue.database.write { [queue, claimant] session in
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
