import Jobs
import Storage

/// What one process does in one go, over one transaction or several.
struct Errand: Sendable {
    let number: Int
    let process: SimulatedProcess
    let purpose: Purpose
    /// By the clock of the process, which may be set while the errand is under way.
    let began: Timestamp

    init(_ number: Int, _ purpose: Purpose, by process: SimulatedProcess) {
        (self.number, self.purpose, self.process, began) = (number, purpose, process, process.now)
    }

    enum Purpose: Sendable {
        // Of workers

        /// One transaction, whatever it is for.
        case serve
        /// Work outside of any.
        case handle(Job)

        // Of workers of others' making
        case claim(atMost: Int)
        case attempt(Job)
        /// Ends several jobs at once.
        case completion([Job])
        case heartbeat(Job)
        case reclaim

        // Of schedulers
        case register
        case claimSlots

        // Of clients and operators
        case enqueue([PlannedJob], isUndone: Bool)
        case cancel(JobID)
        case hurry(JobID)
        case replay(JobID)
        case prune
        case setQueue(String, QueueChange)
        case setSchedule(ScheduleChange)
        case start(WorkflowScript)
        case signal
        case cancelRun(WorkflowID)
        case resumeRun(WorkflowID)
        case recover
    }

    enum QueueChange: Sendable, Equatable {
        case pause, drain, resume
        case capacity(Int?)
        /// For any number of jobs.
        case open
    }

    enum ScheduleChange: Sendable {
        case pause, resume, run
    }

    var now: Timestamp { process.now }

    /// Whether it may end or extend the lease of a job.
    func holds(_ job: JobSight) -> Bool {
        switch purpose {
        case .serve: job.worker == process.name
        case .attempt(let held), .heartbeat(let held): held.id.text == job.id && held.course.token == job.token
        case .completion(let jobs): jobs.contains { $0.id.text == job.id && $0.course.token == job.token }
        default: false
        }
    }

    /// Whether it works on what a worker holds.
    var isAttempt: Bool {
        switch purpose {
        case .attempt, .completion, .handle: true
        default: false
        }
    }

    var isOfWorker: Bool {
        switch purpose {
        case .serve, .handle: true
        default: false
        }
    }

    /// Whether it may change runs of workflows.
    var touchesWorkflows: Bool {
        switch purpose {
        case .attempt(let job), .heartbeat(let job): job.kind == SimulatedWorld.flowKind
        case .serve, .reclaim, .cancel, .start, .signal, .cancelRun, .resumeRun, .recover: true
        default: false
        }
    }

    var touchesSchedules: Bool {
        switch purpose {
        case .register, .claimSlots, .setSchedule: true
        default: false
        }
    }
}

extension Errand: CustomStringConvertible {
    var description: String { "\(process.name) \(purpose)" }
}

extension Errand.Purpose: CustomStringConvertible {
    var description: String {
        switch self {
        case .serve: "reads or writes"
        case .handle(let job): "does \(job.id.short) #\(job.course.token)"
        case .claim(let limit): "claims up to \(limit)"
        case .attempt(let job): "works on \(job.id.short) #\(job.course.token)"
        case .completion(let jobs):
            "completes \(jobs.map { "\($0.id.short) #\($0.course.token)" }.joined(separator: ", "))"
        case .heartbeat(let job): "extends \(job.id.short) #\(job.course.token)"
        case .reclaim: "looks for lost leases"
        case .register: "registers the schedules"
        case .claimSlots: "claims slots"
        case .enqueue(let jobs, let isUndone):
            "enqueues \(jobs.map(\.id.short).joined(separator: ", "))\(isUndone ? " and undoes that" : "")"
        case .cancel(let job): "cancels \(job.short)"
        case .hurry(let job): "hurries \(job.short)"
        case .replay(let job): "replays \(job.short)"
        case .prune: "prunes"
        case .setQueue(let queue, let change): "sets \(queue) to \(change)"
        case .setSchedule(let change): "sets a schedule to \(change)"
        case .start(let script): "starts \(script.name)"
        case .signal: "signals"
        case .cancelRun(let run): "cancels run \(run.short)"
        case .resumeRun(let run): "resumes run \(run.short)"
        case .recover: "recovers runs"
        }
    }
}

extension Identifier {
    /// For people.
    var short: String { String(text.prefix(4)) }
}
