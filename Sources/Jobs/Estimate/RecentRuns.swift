import Storage

/// An attempt; times are seconds from now, what was is below zero.
struct RecentRun {
    let kind: String
    let priority: Int
    let owner: AccountID?
    /// From when on it could have been running.
    let readyAt: Double
    /// Whether it stood at the front of its owner's line when it came, or came back.
    let wasFirst: Bool
    let start: Double
    /// Now for one that goes on.
    let end: Double
    /// It will be tried again.
    let isFailure: Bool

    var length: Double { max(end - start, 0) }
}

/// What a queue has done of late, and does now.
struct RecentRuns {
    /// The last ones that are over.
    let ended: [RecentRun]
    let running: [RecentRun]
    /// Whether there are no others before.
    let isWhole: Bool
    /// All is known from then on.
    private let span: Double
    private let kinds: [String: KindOfRun]
    private let all: KindOfRun

    init(ended: [RecentRun], running: [RecentRun], isWhole: Bool) {
        (self.ended, self.running, self.isWhole) = (ended, running, isWhole)
        span = ended.map(isWhole ? \.start : \.end).min() ?? 0
        // While only the quick ones of the first have ended, those that go on tell more of the length than they.
        let open = isWhole && ended.count < 4 * running.count ? running : []
        all = KindOfRun(ended, goingOn: open)
        kinds = Dictionary(grouping: ended, by: \.kind).mapValues { some in
            KindOfRun(some, goingOn: open.filter { $0.kind == some[0].kind })
        }
    }

    /// How runs of a kind go; of one that is new, how those of the queue go.
    func runs(of kind: String) -> KindOfRun { kinds[kind] ?? all }

    // MARK: Slots

    /// Longer than this no job waits while there is a free slot: workers look as often.
    private static let longestIdle = 1.0

    /// How many jobs of the queue run at once while some wait. Where workers share themselves out over several queues, it
    /// need not be a whole number.
    ///
    /// - Parameter since: when the longest waiting job became ready; nil where none waits.
    func slots(backlogSince since: Double?, isPaused: Bool) -> Double {
        if !isPaused, let since, since <= -Self.longestIdle, let busy = busy(since: since) { return busy }
        let runs = ended + running
        // Where nobody has waited, there was always one more.
        let wasFull = runs.contains { $0.start - $0.readyAt >= Self.longestIdle }
        return Double(max(peak(of: runs), running.count + (wasFull ? 0 : 1), 1))
    }

    /// The mean over the last few runs' time, in which some waited; nil when nothing ran.
    private func busy(since: Double) -> Double? {
        let runs = ended + running
        var start = max(since, -max(4 * all.mean, 10), span)
        // After a standstill, from its end on.
        start = max(start, runs.filter { $0.end > start }.map(\.start).min() ?? 0)
        guard start < 0 else { return nil }
        let time = runs.reduce(0) { $0 + max($1.end - max($1.start, start), 0) }
        return time > 0 ? time / -start : nil
    }

    private func peak(of runs: [RecentRun]) -> Int {
        let changes = runs.flatMap { [($0.start, 1), ($0.end, -1)] }.sorted { $0 < $1 }
        var (count, peak) = (0, 0)
        for (_, change) in changes {
            count += change
            peak = max(peak, count)
        }
        return peak
    }

    // MARK: Others that come

    /// Jobs a second that became ready.
    func rate(of isMeant: (RecentRun) -> Bool) -> Double {
        // A shorter look would take a few that came together for a stream.
        guard -span >= max(2 * all.mean, 1) else { return 0 }
        return Double((ended + running).count { $0.readyAt > span && isMeant($0) }) / -span
    }

    // MARK: A job's own run

    /// From the start of an attempt to the end of the job.
    func toEnd(of job: Job, begun start: Double, _ policy: RetryPolicy) -> Double {
        let runs = runs(of: job.kind)
        let run = start < 0 ? -start + runs.left(after: -start) : runs.median
        let attempt = job.course.lease == nil ? job.course.attempts + 1 : job.course.attempts
        return run + runs.retries(from: max(attempt, 1), policy)
    }
}

/// How the runs of a kind of jobs go.
struct KindOfRun {
    /// Seconds, the shortest first; at least one.
    private let lengths: [Double]
    let mean: Double
    private let failing: Double

    init(_ ended: [RecentRun], goingOn: [RecentRun]) {
        lengths = ended.isEmpty ? [0] : ended.map(\.length).sorted()
        // All the time that was spent, by what came of it: right for exponential lengths, however many are cut off.
        mean = max((lengths + goingOn.map(\.length)).reduce(0, +) / Double(lengths.count), 0.001)
        // One failure is not yet the rule.
        failing = Double(ended.count { $0.isFailure }) / Double(ended.count + 1)
    }

    var median: Double { lengths[lengths.count / 2] }

    /// Slot time of a job, with the attempts that fail.
    var work: Double { mean * (1 + failing + failing * failing) }

    /// How long one that has been going on will go on: half of them shorter.
    func left(after elapsed: Double) -> Double {
        let longer = lengths.drop { $0 <= elapsed }
        return longer.isEmpty ? mean : longer[longer.startIndex + longer.count / 2] - elapsed
    }

    private static let parts = 9

    /// As ``left(after:)``, by equal parts of those that were longer.
    func parts(after elapsed: Double) -> [Double] {
        let longer = lengths.drop { $0 <= elapsed }
        guard !longer.isEmpty else { return [mean] }
        return (0..<Self.parts).map { part in
            longer[longer.startIndex + longer.count * (2 * part + 1) / (2 * Self.parts)] - elapsed
        }
    }

    /// What failing adds in the mean: waits, and attempts.
    ///
    /// - Parameter attempt: the number of the one that goes on, or comes next.
    func retries(from attempt: Int, _ policy: RetryPolicy) -> Double {
        var (chance, time) = (1.0, 0.0)
        for failure in attempt..<max(policy.attempts, attempt) {
            chance *= failing
            // What is so unlikely adds nothing, however often it may be tried.
            guard chance > 0.001 else { break }
            time += chance * (policy.delay(afterFailure: failure, jitter: 0.5) / .seconds(1) + mean)
        }
        return time
    }
}
