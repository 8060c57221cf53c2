import Storage

/// A run with all that is recorded of it.
public struct WorkflowLog: Sendable {
    public let run: WorkflowRun
    /// In the order in which they were begun.
    public let steps: [WorkflowStep]
    /// In the order in which they arrived.
    public let signals: [WorkflowSignal]
    /// In the order of the steps that started them.
    public let children: [WorkflowChild]
}

/// A run that another started, as that one's log tells of it.
public struct WorkflowChild: Equatable, Sendable {
    public let id: WorkflowID
    /// Of which workflow.
    public let name: String
    /// The position of the step that started it.
    public let step: Int
    public let status: WorkflowStatus
}

public struct WorkflowCount: Equatable, Sendable {
    public let name: String
    public let status: WorkflowStatus
    public let count: Int
}

extension Workflows {
    public func find(_ id: WorkflowID, in session: any ReadSession) throws -> WorkflowRun? {
        try session.row("SELECT * FROM workflows WHERE id = \(id)").map(WorkflowRun.init)
    }

    /// - Returns: nil when there is no such run, or it is another's.
    public func find(_ id: WorkflowID, of owner: AccountID, in session: any ReadSession) throws -> WorkflowRun? {
        try session.row("SELECT * FROM workflows WHERE id = \(id) AND owner = \(owner)").map(WorkflowRun.init)
    }

    /// Nil when there is no such run.
    public func log(of id: WorkflowID, in session: any ReadSession) throws -> WorkflowLog? {
        guard let run = try find(id, in: session) else { return nil }
        let signals = try session.rows(
            """
            SELECT name, payload, arrived_at, taken_by FROM workflow_signals
            WHERE workflow_id = \(id) ORDER BY number
            """)
        let children = try session.rows(
            """
            SELECT id, name, parent_step, status FROM workflows WHERE parent = \(id) ORDER BY parent_step, parent_index
            """)
        return WorkflowLog(
            run: run, steps: try steps(of: id, in: session),
            signals: try signals.map { row in
                WorkflowSignal(
                    name: try row.get("name"), payload: try row.get("payload"), arrivedAt: try row.get("arrived_at"),
                    takenBy: try row.get(optional: "taken_by"))
            },
            children: try children.map { row in
                WorkflowChild(
                    id: try row.get("id"), name: try row.get("name"), step: try row.get("parent_step"),
                    status: try row.get("status"))
            })
    }

    /// What a run returned.
    ///
    /// - Returns: nil as long as it goes on, or is parked.
    /// - Throws: ``WorkflowError/failed(_:reason:)``, ``WorkflowError/cancelled(_:)``, ``WorkflowError/notFound(_:)``;
    ///   ``ParkingReason/definitionChanged(_:)`` when the output is of another type.
    public func output<Definition: Workflow>(
        of id: WorkflowID, as workflow: Definition.Type, in session: any ReadSession
    ) throws -> Definition.Output? {
        guard let run = try find(id, in: session) else { throw WorkflowError.notFound(id) }
        switch run.state {
        case .completed:
            let output: Definition.Output = try WorkflowValue.decode(run.output ?? "null", of: "the output")
            return output
        case .failed(let reason): throw WorkflowError.failed(id, reason: reason)
        case .cancelled: throw WorkflowError.cancelled(id)
        case .running, .waiting, .undoing, .waitingToUndo, .parked: return nil
        }
    }

    /// All runs, or those of one status, newest first.
    public func list(
        _ status: WorkflowStatus? = nil, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<WorkflowRun> {
        let some: SQL = if let status { "status = \(status)" } else { "created_at > \(Timestamp(milliseconds: .min))" }
        return try list(where: some, page, in: session)
    }

    /// An owner's runs, newest first.
    public func list(
        of owner: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<WorkflowRun> {
        try list(where: "owner = \(owner)", page, in: session)
    }

    /// How many runs stand where.
    public func counts(in session: any ReadSession) throws -> [WorkflowCount] {
        try session.rows(
            "SELECT name, status, COUNT(*) AS count FROM workflows GROUP BY name, status ORDER BY name, status"
        ).map { WorkflowCount(name: try $0.get("name"), status: try $0.get("status"), count: try $0.get("count")) }
    }

    func steps(of id: WorkflowID, in session: any ReadSession) throws -> [WorkflowStep] {
        try session.rows("SELECT * FROM workflow_steps WHERE workflow_id = \(id) ORDER BY position")
            .map { row in try WorkflowStep(row) }
    }

    private func list(
        where condition: SQL, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<WorkflowRun> {
        let runs = try session.rows(
            """
            SELECT * FROM workflows WHERE \(condition) \(page.newestFirst)
            """
        ).map(WorkflowRun.init)
        return Page(runs, limit: page.limit) { PageCursor(createdAt: $0.createdAt, id: $0.id.text) }
    }
}
