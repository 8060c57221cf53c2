import Foundation
import Storage

/// The tables of workflows, beside those of ``JobSchema``.
public enum WorkflowSchema {
    public static let migrations = MigrationSet(
        module: "workflow",
        [
            Migration(
                1, "workflows, their steps and signals",
                [
                    """
                    CREATE TABLE workflows (
                        id TEXT PRIMARY KEY, name TEXT NOT NULL, version BIGINT NOT NULL, start_key TEXT, owner TEXT,
                        root TEXT NOT NULL, parent TEXT, parent_step BIGINT, parent_index BIGINT,
                        queue TEXT NOT NULL, priority BIGINT NOT NULL, input TEXT NOT NULL, output TEXT,
                        status TEXT NOT NULL, is_suspended BIGINT NOT NULL, wakes_at BIGINT, awaited TEXT,
                        cause TEXT, parking TEXT, detail TEXT, cancel_requested BIGINT NOT NULL, job_id TEXT,
                        signals BIGINT NOT NULL,
                        created_at BIGINT NOT NULL, ended_at BIGINT)
                    """,
                    "CREATE UNIQUE INDEX workflows_by_key ON workflows (name, start_key)",
                    "CREATE INDEX workflows_by_age ON workflows (created_at DESC, id DESC)",
                    "CREATE INDEX workflows_by_status ON workflows (status, created_at DESC, id DESC)",
                    "CREATE INDEX workflows_by_name ON workflows (name, status)",
                    "CREATE INDEX workflows_of_owner ON workflows (owner, created_at DESC, id DESC)",
                    """
                    CREATE INDEX workflows_of_parent ON workflows (parent, parent_step, parent_index)
                    WHERE parent IS NOT NULL
                    """,
                    // Of a parent's many children few are open when the last ones end.
                    """
                    CREATE INDEX workflows_open_children ON workflows (parent, parent_step, parent_index)
                    WHERE ended_at IS NULL AND parent IS NOT NULL
                    """,
                    "CREATE INDEX workflows_of_root ON workflows (root)",
                    """
                    CREATE INDEX workflows_of_job ON workflows (job_id)
                    WHERE ended_at IS NULL AND job_id IS NOT NULL
                    """,
                    """
                    CREATE INDEX workflows_ended ON workflows (ended_at)
                    WHERE parent IS NULL AND ended_at IS NOT NULL
                    """,
                    """
                    CREATE TABLE workflow_steps (
                        workflow_id TEXT NOT NULL, position BIGINT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
                        state TEXT NOT NULL, attempts BIGINT NOT NULL, started_at BIGINT NOT NULL, ended_at BIGINT,
                        wakes_at BIGINT, result TEXT, error TEXT, detail TEXT, undone_at BIGINT,
                        undo_attempts BIGINT NOT NULL, PRIMARY KEY (workflow_id, position)) \(.clustered)
                    """,
                    """
                    CREATE TABLE workflow_signals (
                        workflow_id TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, payload TEXT NOT NULL,
                        arrived_at BIGINT NOT NULL, taken_by BIGINT, PRIMARY KEY (workflow_id, number)) \(.clustered)
                    """,
                    """
                    CREATE INDEX workflow_signals_to_take ON workflow_signals (workflow_id, name, number)
                    WHERE taken_by IS NULL
                    """,
                ])
        ])
}

extension WorkflowRun {
    init(_ row: Row) throws {
        id = try row.get("id")
        name = try row.get("name")
        version = try row.get("version")
        owner = try row.get(optional: "owner")
        parent = try row.get(optional: "parent")
        input = try row.get("input")
        output = try row.get(optional: "output")
        detail = try row.get(optional: "detail")
        isCancelRequested = try row.get("cancel_requested")
        createdAt = try row.get("created_at")
        endedAt = try row.get(optional: "ended_at")
        state = try WorkflowState(row)
        root = try row.get("root")
        parentStep = try row.get(optional: "parent_step")
        (queue, priority) = (try row.get("queue"), try row.get("priority"))
        awaited = try row.get(optional: "awaited")
        job = try row.get(optional: "job_id")
    }
}

/// How a state stands in the columns of a row.
extension WorkflowState {
    init(_ row: Row) throws {
        let cause = try row.decode(optional: "cause", as: UndoCause.self)
        let wakesAt: Timestamp? = try row.get(optional: "wakes_at")
        let isSuspended: Bool = try row.get("is_suspended")
        switch (try row.get("status", as: WorkflowStatus.self), cause) {
        case (.running, _): self = .running
        case (.waiting, _): self = .waiting(until: wakesAt)
        case (.undoing, let cause?): self = isSuspended ? .waitingToUndo(cause, until: wakesAt) : .undoing(cause)
        case (.completed, _): self = .completed
        case (.failed, .failure(let reason)?): self = .failed(reason: reason)
        case (.cancelled, _): self = .cancelled
        case (.parked, _):
            guard let reason = try row.decode(optional: "parking", as: ParkingReason.self) else {
                throw DatabaseError.unexpected("a parked workflow without a reason")
            }
            self = .parked(reason, undoing: cause)
        case (.undoing, nil), (.failed, _): throw DatabaseError.unexpected("a workflow undone without a cause")
        }
    }

    var wakesAt: Timestamp? {
        switch self {
        case .waiting(let time), .waitingToUndo(_, let time): time
        case .running, .undoing, .completed, .failed, .cancelled, .parked: nil
        }
    }

    var cause: UndoCause? {
        switch self {
        case .undoing(let cause), .waitingToUndo(let cause, _): cause
        case .failed(let reason): .failure(reason: reason)
        case .cancelled: .cancellation
        case .parked(_, let cause): cause
        case .running, .waiting, .completed: nil
        }
    }

    var parking: ParkingReason? {
        if case .parked(let reason, _) = self { reason } else { nil }
    }
}

extension Row {
    fileprivate func decode<Value: Decodable>(optional column: String, as type: Value.Type) throws -> Value? {
        guard let text: String = try get(optional: column) else { return nil }
        return try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
