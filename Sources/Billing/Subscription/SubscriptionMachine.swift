/// The life of a subscription, as a table: which status follows which.
///
/// Nothing here is enforced on the provider, whose word is true; but what comes in any order and with gaps is judged by it.
///
/// Source: Stripe, "How subscriptions work", life cycle.
public enum SubscriptionMachine {
    /// What a status is to the one before.
    public enum Move: String, Sendable, CaseIterable {
        case stays
        case moves
        /// It follows through others that were not seen.
        case late
        /// It never follows: one of the two is wrong, or too old.
        case impossible
    }

    /// One line of the table.
    struct Step: Sendable {
        /// Nil for none before.
        let from: SubscriptionStatus?
        let to: SubscriptionStatus
        let when: String

        init(_ from: SubscriptionStatus?, _ to: SubscriptionStatus, _ when: String) {
            (self.from, self.to, self.when) = (from, to, when)
        }
    }

    static let steps = [
        Step(nil, .trialing, "a trial is given"),
        Step(nil, .incomplete, "the first payment is open"),
        Step(nil, .active, "it is paid, or nothing is due"),
        Step(.incomplete, .active, "the first payment succeeds"),
        Step(.incomplete, .incompleteExpired, "it is not paid within 23 hours"),
        Step(.trialing, .active, "the trial ends and is paid on"),
        Step(.trialing, .paused, "the trial ends without a way to pay"),
        Step(.trialing, .pastDue, "the trial ends and the payment fails"),
        Step(.trialing, .canceled, "it is cancelled"),
        Step(.active, .pastDue, "a renewal fails"),
        Step(.active, .canceled, "it is cancelled, at once or with the period"),
        Step(.pastDue, .active, "it is paid"),
        Step(.pastDue, .unpaid, "the retries are over, and it is left open"),
        Step(.pastDue, .canceled, "the retries are over, or it is cancelled"),
        Step(.unpaid, .active, "the latest invoice is paid"),
        Step(.unpaid, .canceled, "it is cancelled"),
        Step(.paused, .active, "it is resumed with a way to pay"),
        Step(.paused, .canceled, "it is cancelled"),
    ]

    /// - Parameter from: nil where nothing was known before.
    public static func move(from: SubscriptionStatus?, to: SubscriptionStatus) -> Move {
        if from == to { return .stays }
        let next = followers(of: from)
        if next.contains(to) { return .moves }
        return reachable(from: next).contains(to) ? .late : .impossible
    }

    static func followers(of status: SubscriptionStatus?) -> Set<SubscriptionStatus> {
        Set(steps.lazy.filter { $0.from == status }.map(\.to))
    }

    private static func reachable(from start: Set<SubscriptionStatus>) -> Set<SubscriptionStatus> {
        var (seen, open) = (start, Array(start))
        while let status = open.popLast() {
            for next in followers(of: status) where seen.insert(next).inserted { open.append(next) }
        }
        return seen
    }
}

extension SubscriptionStatus {
    /// Of two of one second, the one of the higher rank counts: where only one can follow the other, it is that.
    var rank: Int {
        switch self {
        case .incomplete: 0
        case .trialing: 1
        case .paused: 2
        case .pastDue: 3
        case .unpaid: 4
        case .active: 5
        case .incompleteExpired: 6
        case .canceled: 7
        }
    }

    /// Whether what is paid for is had: in ``pastDue`` for as long as the policy says.
    public var givesAccess: Bool {
        switch self {
        case .trialing, .active, .pastDue: true
        case .incomplete, .incompleteExpired, .unpaid, .paused, .canceled: false
        }
    }
}
