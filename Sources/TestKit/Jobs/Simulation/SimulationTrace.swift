import Synchronization

/// All that happens in a simulation, a line each; kept only for those who want to read it.
final class SimulationTrace: Sendable {
    private let lines: Mutex<[String]?>

    init(isKept: Bool) {
        lines = Mutex(isKept ? [] : nil)
    }

    func add(_ line: @autoclosure () -> String) {
        lines.withLock { lines in
            if lines != nil { lines?.append(line()) }
        }
    }

    func take() -> [String] { lines.withLock { $0 ?? [] } }

    func add(changesFrom before: [String: JobSight], to sight: Sight) {
        lines.withLock { lines in
            guard lines != nil else { return }
            for job in sight.jobs.sorted(by: { $0.id < $1.id }) where before[job.id] != job {
                lines?.append("    job \(job.id.prefix(4)) \(before[job.id]?.standing ?? "comes"): \(job.standing)")
            }
            for line in sight.ledger { lines?.append("    ledger \(line.run): \(line.note)") }
        }
    }
}

extension JobSight {
    fileprivate var standing: String {
        let lease = isLeased ? " by \(worker ?? "nobody") until \(until.map { "\($0)" } ?? "never")" : ""
        return "\(state) #\(token)\(lease)"
    }
}
