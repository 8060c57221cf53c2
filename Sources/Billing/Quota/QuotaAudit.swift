/// What ``QuotaLedger/verify(in:each:)`` found.
public struct QuotaAudit: Equatable, Sendable {
    /// How many of the differences are kept.
    public static let most = 100

    public internal(set) var entries = 0
    public internal(set) var balances = 0
    public internal(set) var holds = 0
    /// How many differences there are; 0 where the ledger adds up.
    public private(set) var found = 0
    /// The first ``most`` of them.
    public private(set) var differences: [QuotaDifference] = []

    public var isClean: Bool { found == 0 }

    mutating func note(_ difference: QuotaDifference) {
        found += 1
        if differences.count < Self.most { differences.append(difference) }
    }
}

/// A place where the ledger does not add up. Names are as the rows have them: damage may be of any kind.
public struct QuotaDifference: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// The amounts of an entry sum up to this instead of 0.
        case unbalanced(number: Int, sum: Int)
        /// Another number than the next came: entries are missing, or were put in.
        case outOfOrder(number: Int, expected: Int)
        /// What all entries up to this one leave is less than nothing.
        case negative(number: Int, used: Int, held: Int)
        /// The balance is not what the entries leave.
        case balance(used: Int, held: Int, replayedUsed: Int, replayedHeld: Int)
        /// There are other than so many entries.
        case count(kept: Int, replayed: Int)
        /// What is held is not the sum of what the open holds hold.
        case holds(held: Int, sum: Int)
        /// An open hold is not what the entries leave of it; 0 where there is none, no name where the entries have none.
        case hold(name: String?, amount: Int, replayed: Int)
    }

    public let account: String
    public let unit: String
    public let period: String
    public let kind: Kind
}

extension QuotaDifference: CustomStringConvertible {
    public var description: String { "\(unit) of \(account) in \(period): \(kind)" }
}

extension QuotaDifference.Kind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unbalanced(let number, let sum): "entry \(number) sums up to \(sum)"
        case .outOfOrder(let number, let expected): "entry \(number) comes where \(expected) is due"
        case .negative(let number, let used, let held): "entry \(number) leaves \(used) used and \(held) held"
        case .balance(let used, let held, let replayedUsed, let replayedHeld):
            "\(used) are used and \(held) held, by the entries \(replayedUsed) and \(replayedHeld)"
        case .count(let kept, let replayed): "\(kept) entries were counted, \(replayed) are there"
        case .holds(let held, let sum): "\(held) are held, by the open holds \(sum)"
        case .hold(let name, let amount, let replayed):
            "hold \(name ?? "without a name") has \(amount), by the entries \(replayed)"
        }
    }
}
