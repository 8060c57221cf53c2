import Storage

/// An amount that a plan does not allow now.
public struct QuotaExceeded: Error, Equatable, Sendable {
    public let unit: QuotaUnit
    /// `Int.max` where the plan has none, and only what can be counted is a limit.
    public let limit: Int
    /// Used, and held for what is under way.
    public let taken: Int
    public let requested: Int
    /// When the count starts again; nil for what is stored.
    public let resetsAt: Timestamp?
}

extension QuotaExceeded: CustomStringConvertible {
    public var description: String {
        let what =
            switch unit {
            case .uploads: "uploads this month"
            case .analyses: "analyses this month"
            case .storageBytes: "bytes of storage"
            case .stemsSeconds: "seconds of stems this month"
            case .aiPrompts: "AI prompts today"
            case .aiCost: "millionths of a dollar for AI this month"
            }
        let remedy =
            if let resetsAt {
                "wait until \(resetsAt), or change to a larger plan"
            } else {
                "delete samples, or change to a larger plan"
            }
        return "your plan allows \(limit) \(what), \(taken) are taken and this asks for \(requested): \(remedy)"
    }
}

/// The hold ran out, or has ended before.
public struct HoldGone: Error, Equatable, Sendable {}

/// An amount that makes no sense where it is given: a caller's mistake.
public enum QuotaAmountError: Error, Equatable, Sendable {
    /// Negative, or more than can be counted together with what is there.
    case outOfRange(QuotaUnit, Int)
    /// To be given back, of less.
    case moreThanUsed(QuotaUnit, used: Int, asked: Int)
    /// To be settled, although nothing of the unit was held.
    case notHeld(QuotaUnit)
}

extension QuotaAmountError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .outOfRange(let unit, let amount):
            "\(amount) of \(unit.rawValue) cannot be counted: it is negative or too large"
        case .moreThanUsed(let unit, let used, let asked):
            "\(asked) of \(unit.rawValue) cannot be given back: \(used) are used"
        case .notHeld(let unit):
            "\(unit.rawValue) is not in the hold: reserve it with the other units"
        }
    }
}
