import Storage

/// The jobs that are taken before another, by kind.
struct LineBefore {
    var counts: [String: Int] = [:]
    /// When the first of them became ready, in seconds from now; nil for none.
    var since: Double?

    var count: Int { counts.values.reduce(0, +) }
}

/// Where a job that is ready stands.
struct LinePlace {
    let priority: Int
    let owner: AccountID?
    /// In seconds from now: after now where its owner has many before it, so that others overtake.
    let turn: Double
    let line: LineBefore

    init(job: Job, turn: Double, line: LineBefore) {
        (priority, owner, self.turn, self.line) = (job.priority, job.owner, turn, line)
    }
}

/// A job that is ready at a time, in seconds from now.
struct DueJob {
    let kind: String
    let due: Double
}

extension RecentRuns {
    /// When a job that is ready is taken: when as many slots have become free as stand before it, and overtake.
    ///
    /// How often slots become free is the mean of a renewal process: of those that run each as the lengths of runs and its
    /// age say, and after that one in every mean run. Exact in the mean for runs that all last alike, and for exponential ones.
    func start(of place: LinePlace, slots: Double) -> Double {
        let count = place.line.count
        let work = place.line.counts.reduce(0) { $0 + Double($1.value) * runs(of: $1.key).work }
        let each = count == 0 ? runs(of: running.first?.kind ?? "").work : work / Double(count)
        let overtaking = overtaking(place, atMost: 0.9 * slots / each)
        let turns = SlotTurns(
            free: max(slots - Double(running.count), 0), share: min(slots / Double(max(running.count, 1)), 1),
            left: running.map { runs(of: $0.kind).parts(after: $0.length) }, each: each)
        return turns.time { time in
            Double(count + 1) + overtaking.always * time + overtaking.untilTurn * min(time, max(place.turn, 0))
        }
    }

    /// - Parameter limit: jobs a second; were there more, the job would never be taken.
    private func overtaking(_ place: LinePlace, atMost limit: Double) -> (always: Double, untilTurn: Double) {
        let always = min(rate { $0.priority > place.priority }, limit)
        // Who comes anew goes before those whose turn is later.
        let others = rate { $0.priority == place.priority && $0.owner != place.owner && $0.wasFirst }
        return (always, min(others, limit - always))
    }

    /// When a job that is ready at `due` is taken: those before it fill the slots one after another.
    func start(of due: Double, after line: [DueJob], slots: Double) -> Double {
        var free = running.prefix(Int(slots)).map { runs(of: $0.kind).left(after: $0.length) }
        free += Array(repeating: 0, count: max(Int(slots.rounded()) - free.count, 1))
        for job in line {
            guard let next = free.indices.min(by: { free[$0] < free[$1] }) else { break }
            free[next] = max(free[next], job.due) + runs(of: job.kind).work
        }
        return max(due, free.min() ?? due)
    }
}

/// How many slots become free, as time goes on.
private struct SlotTurns {
    /// At once.
    let free: Double
    /// Of those that run, as many go on with this queue when they are done.
    let share: Double
    /// Of each that runs, in how many seconds it may end: each part as likely.
    let left: [[Double]]
    /// Seconds between two ends in one slot.
    let each: Double

    private func count(by time: Double) -> Double {
        let later = left.reduce(0) { sum, parts in
            sum + parts.reduce(0) { $0 + ($1 <= time ? 1 + (time - $1) / each : 0) } / Double(parts.count)
        }
        return free * (1 + time / each) + share * later
    }

    /// The first at which there have been as many as are needed until then.
    func time(for needed: (Double) -> Double) -> Double {
        if count(by: 0) >= needed(0) { return 0 }
        var (early, late) = (0.0, each)
        // Of what cannot be foreseen, the far future is far enough.
        for _ in 0..<40 where count(by: late) < needed(late) { (early, late) = (late, late * 2) }
        for _ in 0..<30 {
            let middle = (early + late) / 2
            if count(by: middle) < needed(middle) { early = middle } else { late = middle }
        }
        return late
    }
}
