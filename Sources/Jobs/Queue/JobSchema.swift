import Storage

/// The tables of this module.
public enum JobSchema {
    /// What `state` says of a job that has still to be done, or is being done.
    public static let openStates: Set = ["scheduled", "ready", "leased", "retryable"]

    /// What `state` says of a job of this status.
    static func states(of status: JobStatus) -> [String] {
        switch status {
        case .pending: ["scheduled", "ready", "retryable"]
        case .processing: ["leased"]
        case .completed: ["succeeded"]
        case .failed: ["dead"]
        case .cancelled: ["cancelled"]
        }
    }

    public static let migrations = MigrationSet(
        module: "jobs",
        [
            Migration(
                1, "jobs and their attempts",
                [
                    """
                    CREATE TABLE jobs (
                        id TEXT PRIMARY KEY, kind TEXT NOT NULL, payload TEXT NOT NULL, queue TEXT NOT NULL,
                        priority BIGINT NOT NULL, owner TEXT, state TEXT NOT NULL, run_at BIGINT NOT NULL,
                        attempts BIGINT NOT NULL, lost_leases BIGINT NOT NULL, crashes BIGINT NOT NULL,
                        lease_token BIGINT NOT NULL, lease_worker TEXT, lease_until BIGINT,
                        cancel_requested BIGINT NOT NULL, error TEXT, created_at BIGINT NOT NULL,
                        started_at BIGINT, completed_at BIGINT)
                    """,
                    "CREATE INDEX jobs_ready ON jobs (queue, priority DESC, run_at, id) WHERE state = 'ready'",
                    "CREATE INDEX jobs_waiting ON jobs (run_at) WHERE state IN ('scheduled', 'retryable')",
                    "CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'leased'",
                    "CREATE INDEX jobs_of_owner ON jobs (owner, created_at DESC, id DESC)",
                    """
                    CREATE TABLE job_attempts (
                        job_id TEXT NOT NULL, token BIGINT NOT NULL, worker TEXT NOT NULL, started_at BIGINT,
                        ended_at BIGINT NOT NULL, outcome TEXT NOT NULL, reason TEXT,
                        PRIMARY KEY (job_id, token))
                    """,
                ]),
            Migration(
                2, "turns, unique jobs, results and queues that are paused",
                [
                    "ALTER TABLE jobs ADD COLUMN turn BIGINT NOT NULL DEFAULT 0",
                    "UPDATE jobs SET turn = run_at",
                    "ALTER TABLE jobs ADD COLUMN unique_key TEXT",
                    "ALTER TABLE jobs ADD COLUMN unique_until BIGINT",
                    "ALTER TABLE jobs ADD COLUMN former_key TEXT",
                    "ALTER TABLE jobs ADD COLUMN is_follow_up BIGINT NOT NULL DEFAULT 0",
                    "ALTER TABLE jobs ADD COLUMN progress DOUBLE PRECISION",
                    "ALTER TABLE jobs ADD COLUMN progress_note TEXT",
                    "ALTER TABLE jobs ADD COLUMN result TEXT",
                    "CREATE UNIQUE INDEX jobs_unique ON jobs (unique_key) WHERE unique_key IS NOT NULL",
                    """
                    CREATE INDEX jobs_turn ON jobs (queue, priority DESC, turn, id, kind, run_at, is_follow_up)
                        WHERE state = 'ready'
                    """,
                    "DROP INDEX jobs_ready",
                    """
                    CREATE INDEX jobs_turn_of_owner ON jobs (queue, owner, priority, turn)
                        WHERE state = 'ready' AND owner IS NOT NULL
                    """,
                    """
                    CREATE INDEX jobs_waiting_in ON jobs (queue, state, is_follow_up)
                        WHERE state IN ('scheduled', 'retryable')
                    """,
                    "CREATE INDEX jobs_newest ON jobs (created_at DESC, id DESC)",
                    "CREATE INDEX jobs_dead ON jobs (completed_at DESC, id DESC, queue) WHERE state = 'dead'",
                    """
                    CREATE INDEX jobs_ended ON jobs (completed_at)
                        WHERE state IN ('succeeded', 'cancelled', 'dead')
                    """,
                    "ALTER TABLE job_attempts ADD COLUMN queue TEXT",
                    "CREATE INDEX job_attempts_ended ON job_attempts (ended_at, queue, outcome)",
                    """
                    CREATE TABLE job_queues (
                        name TEXT PRIMARY KEY, is_paused BIGINT NOT NULL, is_draining BIGINT NOT NULL, capacity BIGINT)
                    """,
                ]),
            Migration(3, "on whose behalf", ["ALTER TABLE jobs ADD COLUMN trace TEXT"]),
        ])
}

/// How a course stands in the columns of a row.
extension JobCourse {
    init(_ row: Row) throws(DatabaseError) {
        let runAt: Timestamp = try row.get("run_at")
        token = try row.get("lease_token")
        attempts = try row.get("attempts")
        lostLeases = try row.get("lost_leases")
        crashes = try row.get("crashes")
        isCancelRequested = try row.get("cancel_requested")
        switch try row.get("state", as: String.self) {
        case "scheduled": state = .scheduled(at: runAt)
        case "ready": state = .ready
        case "retryable": state = .retryable(at: runAt)
        case "succeeded": state = .succeeded
        case "cancelled": state = .cancelled
        case "dead": state = .dead(reason: try row.get(optional: "error") ?? "")
        case "leased":
            state = .leased(
                Lease(worker: try row.get("lease_worker"), token: token, until: try row.get("lease_until")))
        case let other: throw .unexpected("job state '\(other)'")
        }
    }

    var stateName: String {
        switch state {
        case .scheduled: "scheduled"
        case .ready: "ready"
        case .leased: "leased"
        case .retryable: "retryable"
        case .succeeded: "succeeded"
        case .cancelled: "cancelled"
        case .dead: "dead"
        }
    }

    var lease: Lease? {
        if case .leased(let lease) = state { lease } else { nil }
    }

    var runAt: Timestamp? {
        switch state {
        case .scheduled(let time), .retryable(let time): time
        default: nil
        }
    }
}

extension Job {
    init(_ row: Row) throws(DatabaseError) {
        id = try row.get("id")
        kind = try row.get("kind")
        payload = Array(try row.get("payload", as: String.self).utf8)
        queue = try row.get("queue")
        priority = try row.get("priority")
        owner = try row.get(optional: "owner")
        course = try JobCourse(row)
        error = try row.get(optional: "error")
        createdAt = try row.get("created_at")
        startedAt = try row.get(optional: "started_at")
        completedAt = try row.get(optional: "completed_at")
        let (fraction, note): (Double?, String?) = (
            try row.get(optional: "progress"), try row.get(optional: "progress_note")
        )
        progress = fraction.map { JobProgress($0, note) }
        let text: String? = try row.get(optional: "result")
        result = text.map { Array($0.utf8) }
        trace = (try row.get(optional: "trace", as: String.self)).flatMap { TraceContext($0) }
    }
}
