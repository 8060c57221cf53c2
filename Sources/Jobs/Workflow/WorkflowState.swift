import Storage

/// Where a workflow's run stands. `applying` is the only way from one state to the next.
public enum WorkflowState: Equatable, Sendable {
    /// A job goes on with it.
    case running
    /// No worker is held: a job comes at the time, or with what is waited for.
    case waiting(until: Timestamp?)
    /// What was done is undone, last step first; then it ends as the cause says.
    case undoing(UndoCause)
    /// Undoing, with no worker held until the next attempt, or until the last child has ended.
    case waitingToUndo(UndoCause, until: Timestamp?)
    case completed
    /// Undone after a failure.
    case failed(reason: String)
    /// Undone because its cancellation was requested.
    case cancelled
    /// Cannot go on by itself: kept as it is until it is resumed.
    case parked(ParkingReason, undoing: UndoCause?)
}

/// Why a run is undone.
public enum UndoCause: Codable, Equatable, Sendable {
    /// - Parameter reason: in words for the owner.
    case failure(reason: String)
    case cancellation
}

public enum WorkflowEvent: Equatable, Sendable {
    case suspended(until: Timestamp?)
    /// The time has come, or what was waited for.
    case woken
    case gaveUp(UndoCause)
    case completed
    /// Nothing is left to undo.
    case undone
    case parked(ParkingReason)
    case resumed
}

extension WorkflowState {
    public func applying(_ event: WorkflowEvent) throws(InvalidWorkflowTransition) -> WorkflowState {
        switch (self, event) {
        case (.running, .suspended(let time)): .waiting(until: time)
        case (.waiting, .woken): .running
        case (.running, .completed): .completed
        case (.running, .gaveUp(let cause)): .undoing(cause)
        case (.undoing(let cause), .suspended(let time)): .waitingToUndo(cause, until: time)
        case (.waitingToUndo(let cause, _), .woken): .undoing(cause)
        case (.undoing(.failure(let reason)), .undone): .failed(reason: reason)
        case (.undoing(.cancellation), .undone): .cancelled
        case (.running, .parked(let reason)), (.waiting, .parked(let reason)): .parked(reason, undoing: nil)
        case (.undoing(let cause), .parked(let reason)), (.waitingToUndo(let cause, _), .parked(let reason)):
            .parked(reason, undoing: cause)
        case (.parked(_, undoing: nil), .resumed): .running
        case (.parked(_, undoing: let cause?), .resumed): .undoing(cause)
        default: throw InvalidWorkflowTransition(state: self, event: event)
        }
    }

    public var isFinal: Bool {
        switch self {
        case .completed, .failed, .cancelled: true
        case .running, .waiting, .undoing, .waitingToUndo, .parked: false
        }
    }

    /// Whether the run holds no worker, and goes on by itself.
    var isSuspended: Bool {
        switch self {
        case .waiting, .waitingToUndo: true
        case .running, .undoing, .completed, .failed, .cancelled, .parked: false
        }
    }

    public var status: WorkflowStatus {
        switch self {
        case .running: .running
        case .waiting: .waiting
        case .undoing, .waitingToUndo: .undoing
        case .completed: .completed
        case .failed: .failed
        case .cancelled: .cancelled
        case .parked: .parked
        }
    }
}

/// A state in one word, as rows and lists have it.
public enum WorkflowStatus: String, Codable, Sendable, CaseIterable, SQLConvertible {
    case running, waiting, undoing, completed, failed, cancelled, parked
}

public struct InvalidWorkflowTransition: Error, Equatable, Sendable {
    public let state: WorkflowState
    public let event: WorkflowEvent
}
