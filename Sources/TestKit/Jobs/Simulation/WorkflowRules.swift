import Jobs
import Storage

/// What may become of runs of workflows: what a run without any trouble does, step by step, and nothing twice.
struct WorkflowRules {
    private(set) var runs: [String: RunSight] = [:]
    private(set) var neverSent: Set<String> = []
    private var steps: [String: StepSight] = [:]
    /// Of every run, by its name.
    private var expected: [String: WorkflowScript.Course] = [:]
    private var notes: [String: [String]] = [:]
    /// Of runs that nobody else started, by the key that is kept of them.
    private var names: [String: String] = [:]
    /// Families of which somebody cancelled a run or a job, by the name of their root.
    private var disturbed: Set<String> = []

    mutating func plan(_ script: WorkflowScript) {
        expected.merge(script.expected()) { first, _ in first }
        names[Checksum.sha256("\0\(script.name)")] = script.name
        neverSent.formUnion(script.waits.filter { $0.arrival == .never }.map(\.signal))
    }

    mutating func judge(_ sight: Sight, _ errand: Errand) -> String? {
        if let flows = sight.flows {
            if let breach = judge(flows.runs) ?? judge(flows.steps) { return breach }
            noteDisturbance(errand)
        }
        for line in sight.ledger where line.run != Ledger.ofJobs {
            if let breach = judge(line, errand) { return breach }
        }
        return nil
    }

    private mutating func judge(_ sight: [RunSight]) -> String? {
        let after = Dictionary(sight.map { ($0.id, $0) }) { first, _ in first }
        for (id, before) in runs {
            guard let run = after[id] else { return "run \(id.prefix(4)) is lost" }
            if before.isFinal, run.status != before.status || run.output != before.output {
                return "run \(id.prefix(4)): \(before.status) was not final: \(run.status)"
            }
        }
        let places = sight.compactMap { $0.key ?? $0.place }
        if Set(places).count != sight.count { return "a run was started twice" }
        runs = after
        return nil
    }

    private mutating func judge(_ sight: [StepSight]) -> String? {
        let after = Dictionary(sight.map { ("\($0.run) \($0.position)", $0) }) { first, _ in first }
        for (place, before) in steps {
            guard let step = after[place] else { return "step \(place) is lost" }
            if before.isEnded, step.state != before.state || step.result != before.result {
                return "step \(place): its end was recorded twice"
            }
            if let undoneAt = before.undoneAt, step.undoneAt != undoneAt { return "step \(place) was undone twice" }
        }
        steps = after
        return nil
    }

    private mutating func judge(_ line: Ledger.Line, _ errand: Errand) -> String? {
        switch errand.purpose {
        case .serve: break
        case .attempt(let job) where job.kind == SimulatedWorld.flowKind: break
        default: return "'\(line.note)' was written by nobody who does steps"
        }
        guard let course = expected[line.run] else { return "'\(line.note)' is of no run" }
        let known = notes[line.run, default: []]
        if known.contains(line.note) { return "'\(line.note)' was done twice" }
        notes[line.run, default: []].append(line.note)
        guard !disturbed.contains(Self.root(of: line.run)) else { return nil }
        guard known.count < course.notes.count, course.notes[known.count] == line.note else {
            return "'\(line.note)' was done out of turn"
        }
        return nil
    }

    private mutating func noteDisturbance(_ errand: Errand) {
        let run: RunSight? =
            switch errand.purpose {
            case .cancelRun(let id): runs[id.text]
            case .cancel(let job): runs.values.first { $0.job == job.text }
            default: nil
            }
        if let run, let name = name(of: run) { disturbed.insert(Self.root(of: name)) }
    }

    /// Of the root of its family, which is called as its key says.
    private func name(of run: RunSight) -> String? { runs[run.root]?.key.flatMap { names[$0] } }

    private static func root(of name: String) -> String { String(name.prefix { $0 != "." }) }

    /// Once everything is done: whether it came to what an unbroken run comes to.
    func breachAtTheEnd() -> String? {
        for run in runs.values.sorted(by: { $0.id < $1.id }) {
            if !run.isFinal { return "run \(run.id.prefix(4)) goes on for ever: \(run.status)" }
            guard run.place == nil, let name = name(of: run) else { continue }
            if let breach = breachAtTheEnd(of: run, name) { return "workflow \(name): \(breach)" }
        }
        return nil
    }

    private func breachAtTheEnd(of run: RunSight, _ name: String) -> String? {
        let family = notes.filter { Self.root(of: $0.key) == name }
        for notes in family.values {
            let (done, undone) = (notes.filter { $0.hasPrefix("do") }, notes.filter { $0.hasPrefix("undo") })
            guard notes == done + undone else { return "something was done after something was undone" }
            let order = undone.compactMap { $0.split(separator: ".").last.flatMap { Int($0) } }
            guard order == order.sorted(by: >) else { return "undone in another order" }
        }
        guard !disturbed.contains(name) else { return nil }
        guard run.output.flatMap({ Int($0) }) == expected[name]?.output else {
            return "came to \(run.output ?? run.status), and not to what an unbroken run does"
        }
        for (name, course) in expected where Self.root(of: name) == Self.root(of: self.name(of: run) ?? "") {
            guard notes[name, default: []] == course.notes else { return "\(name) has not done all that it does" }
        }
        return nil
    }

    func mistake(inRefusing id: WorkflowID, _ errand: Errand) -> String? {
        guard let run = runs[id.text] else { return nil }
        let isPossible =
            switch errand.purpose {
            case .resumeRun: run.status == "parked"
            default: !run.isFinal
            }
        return isPossible ? "refused for a run that is \(run.status)" : nil
    }
}
