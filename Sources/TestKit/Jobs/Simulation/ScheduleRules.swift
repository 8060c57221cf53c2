import Storage

/// A slot of a schedule has one run, and a run one job.
struct ScheduleRules {
    private(set) var runs: [String: SlotSight] = [:]
    /// When the schedules were first registered.
    private(set) var start: Timestamp?

    private struct Slot: Hashable {
        let schedule: String
        let slot: Timestamp
    }

    /// - Parameter known: jobs that were there before.
    mutating func judge(_ sight: Sight, _ errand: Errand, known: [String: JobSight]) -> String? {
        if case .register = errand.purpose, start == nil { start = errand.now }
        let ticks = sight.jobs.filter { $0.kind == SimulatedSchedules.kind && known[$0.id] == nil }.map(\.id)
        guard let slots = sight.slots else { return ticks.isEmpty ? nil : "a job of no slot" }
        let after = Dictionary(slots.map { ($0.run, $0) }) { first, _ in first }
        for (id, run) in runs where after[id] != run { return "run \(id.prefix(4)) of '\(run.schedule)' is lost" }
        let claimed = slots.compactMap { run in run.slot.map { Slot(schedule: run.schedule, slot: $0) } }
        if let twice = firstRepeated(claimed) { return "slot \(twice.slot) of '\(twice.schedule)' was claimed twice" }
        let jobs = slots.compactMap(\.job)
        if let twice = firstRepeated(jobs) { return "job \(twice.prefix(4)) is that of two slots" }
        let new = slots.filter { runs[$0.run] == nil }.compactMap(\.job)
        if Set(new) != Set(ticks) { return "\(new.count) slots were claimed, and \(ticks.count) jobs enqueued" }
        runs = after
        return nil
    }

    private func firstRepeated<Element: Hashable>(_ elements: [Element]) -> Element? {
        var seen: Set<Element> = []
        return elements.first { !seen.insert($0).inserted }
    }

    /// Whether no slot was passed over until then, or until the furthest that any clock has shown.
    func breachAtTheEnd(slotsUntil time: Timestamp) -> String? {
        guard let start else { return nil }
        let claimed = runs.values.filter { $0.schedule == SimulatedSchedules.complete }.compactMap(\.slot).sorted()
        let distance = Int64(SimulatedSchedules.distance) * 1000
        let latest = max(time, claimed.last ?? time)
        let (first, last) = (start.milliseconds / distance + 1, latest.milliseconds / distance)
        let expected = first > last ? [] : (first...last).map { Timestamp(milliseconds: $0 * distance) }
        return claimed == expected ? nil : "of \(expected.count) slots, \(claimed.count) were claimed"
    }
}
