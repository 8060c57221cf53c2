import Foundation
import Storage

/// One run of a workflow, as it is kept.
public struct WorkflowRun: Sendable {
    public let id: WorkflowID
    /// Of which workflow.
    public let name: String
    public let version: Int
    /// Whose run it is; nil for the service's own.
    public let owner: AccountID?
    /// Which run started it and waits for it.
    public let parent: WorkflowID?
    public let state: WorkflowState
    public let isCancelRequested: Bool
    /// JSON.
    public let input: String
    /// JSON; of a run that is completed.
    public let output: String?
    /// Why it failed, for the operator, where there is more to say than to the owner.
    public let detail: String?
    public let createdAt: Timestamp
    public let endedAt: Timestamp?

    /// The outermost run, with which this one is forgotten.
    let root: WorkflowID
    let parentStep: Int?
    /// Of its jobs, and its children's.
    public let queue: String
    public let priority: Int
    /// What wakes it, beside the time.
    let awaited: Awaited?
    /// Which job may go on with it, now or later; nil while only a signal or a child can wake it, and after its end.
    public let job: JobID?
}

public typealias WorkflowID = Identifier<WorkflowRun>

/// What a suspended run waits for.
enum Awaited: Equatable, Sendable {
    case signal(String)
    /// That all children of a step have ended.
    case children(step: Int)
}

extension Awaited: SQLConvertible {
    var sqlValue: SQLValue {
        switch self {
        case .signal(let name): .text("signal \(name)")
        case .children(let step): .text("children \(step)")
        }
    }

    init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch (parts[0], Int(parts[1])) {
        case ("signal", _): self = .signal(String(parts[1]))
        case ("children", let step?): self = .children(step: step)
        default: return nil
        }
    }
}

/// What arrived from outside for a run.
public struct WorkflowSignal: Equatable, Sendable {
    public let name: String
    /// JSON.
    public let payload: String
    public let arrivedAt: Timestamp
    /// The position of the step that took it.
    public let takenBy: Int?
}

/// Values of workflows as text of rows.
enum WorkflowValue {
    /// - Throws: ``WorkflowError/valueTooLarge(_:bytes:)``, and `EncodingError` for numbers that JSON has not.
    static func encode(_ value: some Encodable, as what: String) throws -> String {
        let text = try JSONText.encode(value)
        guard text.utf8.count <= Workflows.largestValue else {
            throw WorkflowError.valueTooLarge(what, bytes: text.utf8.count)
        }
        return text
    }

    /// - Throws: ``ParkingReason/definitionChanged(_:)``: the types of a program are part of it.
    static func decode<Value: Decodable>(_ text: String, of what: String) throws(ParkingReason) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            throw .definitionChanged(.value(of: what))
        }
    }
}
