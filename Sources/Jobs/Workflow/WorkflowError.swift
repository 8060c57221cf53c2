import Storage

/// What can go wrong between a program and its workflows.
public enum WorkflowError: Error, Equatable, Sendable {
    case notFound(WorkflowID)
    /// The run has ended, and takes no signal and no cancellation any more.
    case ended(WorkflowID, WorkflowStatus)
    /// There is no output, and will be none: the reason is for the owner.
    case failed(WorkflowID, reason: String)
    case cancelled(WorkflowID)
    case valueTooLarge(String, bytes: Int)
}

extension WorkflowError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound(let id): "no workflow \(id): list the workflows to see which there are"
        case .ended(let id, let status): "workflow \(id) is \(status.rawValue): start another"
        case .failed(let id, let reason): "workflow \(id) failed and was undone (\(reason)): start another"
        case .cancelled(let id): "workflow \(id) was cancelled and undone: start another"
        case .valueTooLarge(let what, let bytes):
            "\(what) has \(bytes) bytes: at most \(Workflows.largestValue) fit; keep the data in the object store"
        }
    }
}

/// A step that has failed for good, as the workflow's ``Workflow/run(_:_:)`` sees it, now and whenever it is replayed.
public struct StepFailed: Error, Equatable, Sendable {
    public let step: String
    /// In words for the owner.
    public let reason: String
}

extension StepFailed: CustomStringConvertible {
    public var description: String { "step '\(step)' failed: \(reason)" }
}

/// Why a run cannot go on by itself. Nothing of it is lost: mend the cause, then ``Workflows/resume(_:in:)``.
public enum ParkingReason: Error, Codable, Equatable, Sendable {
    /// The program is not the one that did the recorded steps. Found before any effect of the new one.
    case definitionChanged(DefinitionChange)
    /// A step could not be undone, however often it was tried.
    case cannotUndo(step: String, reason: String)
    /// Two steps of one run at the same time.
    case concurrentSteps(String, String)
    /// Two steps of one name.
    case repeatedStep(String)
    /// Its job was given up, as after too many lost leases.
    case jobGivenUp(reason: String)
}

/// How a program differs from the one that did the recorded steps.
public enum DefinitionChange: Codable, Equatable, Sendable {
    case version(recorded: Int, found: Int)
    /// - Parameters:
    ///   - position: 0 for the first step.
    ///   - found: nil when the program ended before it.
    case step(position: Int, recorded: String, found: String?)
    /// What was recorded cannot be read as the type the program expects: the input, or a step's result.
    case value(of: String)
}

extension ParkingReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .definitionChanged(let change):
            "the program is not the one that did the recorded steps (\(change)): run that one, then resume"
        case .cannotUndo(let step, let reason):
            "step '\(step)' could not be undone (\(reason)): mend the cause, then resume"
        case .concurrentSteps(let first, let second):
            "step '\(second)' began while '\(first)' ran: await one before the next, or use children; then resume"
        case .repeatedStep(let name):
            "there are two steps '\(name)': give each a name of its own, as by a number; then resume"
        case .jobGivenUp(let reason):
            "its job was given up (\(reason)): mend the cause, then resume"
        }
    }
}

extension DefinitionChange: CustomStringConvertible {
    public var description: String {
        switch self {
        case .version(let recorded, let found): "version \(recorded) was recorded, this is version \(found)"
        case .step(let position, let recorded, let found?): "step \(position) was \(recorded), and now is \(found)"
        case .step(let position, let recorded, nil): "step \(position) was \(recorded), and now there is none"
        case .value(let what): "\(what) has another type now"
        }
    }
}
