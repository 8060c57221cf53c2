import Storage

/// Where a picture of a subscription comes from.
public enum PictureSource: Equatable, Sendable {
    case event(EventID)
    /// The provider was asked, at this moment.
    case asked(Timestamp)

    var text: String {
        switch self {
        case .event(let id): "event:\(id)"
        case .asked(let moment): "asked:\(moment.milliseconds)"
        }
    }
}

/// A picture's place among all that there are of its subscription. The order is total, and the last counts: so whatever
/// order they come in, and however often, the same one does.
struct PictureOrder: Comparable, Sendable {
    let status: SubscriptionStatus
    /// In whole seconds, as those of the provider's events.
    let at: Timestamp
    let source: String

    init(_ status: SubscriptionStatus, at moment: Timestamp, source: String) {
        // A moment that we asked at is known to the millisecond, but compared with those that are not.
        let rest = (moment.milliseconds % 1_000 + 1_000) % 1_000
        (self.status, at, self.source) = (status, moment - .milliseconds(rest), source)
    }

    static func < (a: PictureOrder, b: PictureOrder) -> Bool {
        if a.status.isTerminal != b.status.isTerminal { return b.status.isTerminal }
        return (a.at, a.status.rank, a.source) < (b.at, b.status.rank, b.source)
    }
}

/// What was ever told of one subscription, and what follows from that whatever came first.
struct SubscriptionHistory {
    struct Entry {
        let order: PictureOrder
        /// Of all that the picture shows.
        let digest: String

        var wasAsked: Bool { order.source.hasPrefix("asked:") }
    }

    /// How far our clock may be off the provider's.
    static let skew = Duration.seconds(60)

    private let entries: [Entry]

    init(_ entries: [Entry]) {
        self.entries = entries.sorted { $0.order < $1.order }
    }

    /// The earliest of the pictures that say so without another between; nil unless the last one says so.
    var pastDueSince: Timestamp? {
        entries.reversed().prefix { $0.order.status == .pastDue }.last?.order.at
    }

    /// Whether the provider is to be asked what is true: the last picture is not the only one of its second, it cannot follow
    /// the one before, or it was asked for so shortly after another that the clocks may have turned them round.
    var isSuspect: Bool {
        guard let last = entries.last, !last.order.status.isTerminal else { return false }
        let others = entries.filter { $0.digest != last.digest }
        if others.contains(where: { $0.order.at == last.order.at }) { return true }
        if last.wasAsked, others.contains(where: { !$0.wasAsked && $0.order.at > last.order.at - Self.skew }) {
            return true
        }
        guard let before = entries.dropLast().last else { return false }
        return SubscriptionMachine.move(from: before.order.status, to: last.order.status) == .impossible
    }
}
