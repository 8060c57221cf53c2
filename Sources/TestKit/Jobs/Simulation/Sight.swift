import Storage

/// What stands in the database after a transaction.
struct Sight {
    var jobs: [JobSight] = []
    /// Lines that are new.
    var ledger: [Ledger.Line] = []
    /// Nil when the errand has nothing to do with them.
    var flows: FlowSight?
    var slots: [SlotSight]?
}

struct JobSight: Equatable {
    let id: String
    let kind: String
    let queue: String
    let state: String
    let runAt: Timestamp
    let attempts: Int
    let lostLeases: Int
    let crashes: Int
    let token: Int
    let worker: String?
    let until: Timestamp?
    let isCancelRequested: Bool

    var isOpen: Bool { !isFinal }
    var isFinal: Bool { ["succeeded", "cancelled", "dead"].contains(state) }
    var isWaiting: Bool { ["scheduled", "ready", "retryable"].contains(state) }
    var isLeased: Bool { state == "leased" }
}

struct FlowSight {
    var runs: [RunSight] = []
    var steps: [StepSight] = []
}

struct RunSight: Equatable {
    let id: String
    /// Of a root.
    let key: String?
    let root: String
    /// Of a child: its parent, the step and its place there.
    let place: String?
    let status: String
    let output: String?
    let job: String?

    var isFinal: Bool { ["completed", "failed", "cancelled"].contains(status) }
}

struct StepSight: Equatable {
    let run: String
    let position: Int
    let state: String
    let result: String?
    let undoneAt: Timestamp?

    var isEnded: Bool { state != "waiting" }
}

struct SlotSight: Equatable {
    let run: String
    let schedule: String
    let slot: Timestamp?
    let job: String?
}

extension Sight {
    /// - Parameter known: how many lines of the ledger are known.
    init(of errand: Errand, known: Int, in session: any ReadSession) throws {
        jobs = try session.rows(
            """
            SELECT id, kind, queue, state, run_at, attempts, lost_leases, crashes, lease_token, lease_worker, lease_until,
                cancel_requested FROM jobs
            """
        ).map { try JobSight($0) }
        ledger = try Ledger.lines(after: known, in: session)
        if errand.touchesWorkflows { flows = try FlowSight(in: session) }
        if errand.touchesSchedules {
            slots = try session.rows("SELECT id, schedule, slot, job_id FROM schedule_runs").map { row in
                SlotSight(
                    run: try row.get("id"), schedule: try row.get("schedule"), slot: try row.get(optional: "slot"),
                    job: try row.get(optional: "job_id"))
            }
        }
    }
}

extension JobSight {
    fileprivate init(_ row: Row) throws(DatabaseError) {
        id = try row.get("id")
        kind = try row.get("kind")
        queue = try row.get("queue")
        state = try row.get("state")
        runAt = try row.get("run_at")
        attempts = try row.get("attempts")
        lostLeases = try row.get("lost_leases")
        crashes = try row.get("crashes")
        token = try row.get("lease_token")
        worker = try row.get(optional: "lease_worker")
        until = try row.get(optional: "lease_until")
        isCancelRequested = try row.get("cancel_requested")
    }
}

extension FlowSight {
    fileprivate init(in session: any ReadSession) throws {
        runs = try session.rows(
            """
            SELECT id, start_key, root, parent || ' ' || parent_step || ' ' || parent_index AS place, status, output, job_id
            FROM workflows ORDER BY id
            """
        ).map { row in
            RunSight(
                id: try row.get("id"), key: try row.get(optional: "start_key"), root: try row.get("root"),
                place: try row.get(optional: "place"), status: try row.get("status"),
                output: try row.get(optional: "output"), job: try row.get(optional: "job_id"))
        }
        steps = try session.rows("SELECT workflow_id, position, state, result, undone_at FROM workflow_steps").map {
            row in
            StepSight(
                run: try row.get("workflow_id"), position: try row.get("position"), state: try row.get("state"),
                result: try row.get(optional: "result"), undoneAt: try row.get(optional: "undone_at"))
        }
    }
}
