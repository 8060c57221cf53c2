import Storage

/// One thing that happened to a run.
public struct WorkflowEntry: Equatable, Sendable {
    public enum Event: Equatable, Sendable {
        case started
        case stepBegan(String)
        case stepEnded(String, WorkflowStep.State)
        case stepUndone(String)
        case signalArrived(String)
        case ended(WorkflowStatus)
    }

    public let at: Timestamp
    public let event: Event
}

extension WorkflowLog {
    /// What is known to have happened to the run, in order of time. Attempts that failed leave their number and the last
    /// reason with their step.
    public var entries: [WorkflowEntry] {
        var entries = [WorkflowEntry(at: run.createdAt, event: .started)]
        entries += signals.map { WorkflowEntry(at: $0.arrivedAt, event: .signalArrived($0.name)) }
        for step in steps {
            entries.append(WorkflowEntry(at: step.startedAt, event: .stepBegan(step.name)))
            guard let time = step.endedAt else { continue }
            entries.append(WorkflowEntry(at: time, event: .stepEnded(step.name, step.state)))
        }
        for step in steps.reversed() {
            guard let time = step.undoneAt else { continue }
            entries.append(WorkflowEntry(at: time, event: .stepUndone(step.name)))
        }
        if let time = run.endedAt { entries.append(WorkflowEntry(at: time, event: .ended(run.state.status))) }
        // What happened in one millisecond stays in the order above.
        return entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
}
