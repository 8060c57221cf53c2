import Crypto
import Foundation
import Storage

/// What the provider told of subscriptions.
///
/// Each telling is a whole picture with its time. They are put together so that any order and any number of them give the same
/// row (``SubscriptionMachine``): which counts, since when a payment is overdue, and whether the provider is to be asked.
public struct Subscriptions: Sendable {
    public let customers = Customers()

    public init() {}

    /// What a picture changed.
    public struct Noted: Equatable, Sendable {
        /// Nil where none was known.
        public let before: Subscription?
        public let after: Subscription
        /// Whether another picture counts, or this one was known.
        public let isStale: Bool
        /// From what was before to what the picture shows.
        public let move: SubscriptionMachine.Move
    }

    /// Adds a picture. Where it names an account, and neither that nor the customer has another, the customer is that account
    /// from now on.
    ///
    /// - Parameter moment: when it was true: when the event was made, or when the provider was asked.
    @discardableResult
    public func note(
        _ picture: Subscription, at moment: Timestamp, from source: PictureSource, in session: any WriteSession
    ) throws -> Noted {
        if let account = picture.account {
            _ = try customers.link(picture.customer, to: account, at: moment, in: session)
        }
        let stored = try session.row("SELECT * FROM subscriptions WHERE id = \(picture.id) \(.forUpdate)")
            .map(StoredSubscription.init)
        let order = PictureOrder(picture.status, at: moment, source: source.text)
        let text = try Self.text(of: picture)
        let isNew =
            try session.execute(
                """
                INSERT INTO subscription_pictures (subscription, source, status, noted_at, digest)
                VALUES (\(picture.id), \(order.source), \(order.status), \(order.at), \(Self.digest(text)))
                ON CONFLICT (subscription, source) DO NOTHING
                """) > 0
        let history = try history(of: picture.id, in: session)

        let counts = isNew && stored.map { $0.order < order } ?? true
        var after = counts ? picture : stored?.subscription ?? picture
        let named = counts ? picture.account : stored?.named
        after.account = try named ?? customers.account(of: after.customer, in: session)
        after.pastDueSince = history.pastDueSince
        let last = counts ? order : stored?.order ?? order
        try session.execute(
            """
            INSERT INTO subscriptions (id, customer, account, named_account, status, picture, period_end, past_due_since,
                created_at, noted_at, source, suspect)
            VALUES (\(after.id), \(after.customer), \(after.account), \(named), \(after.status),
                \(try Self.text(of: after)), \(after.period?.end), \(after.pastDueSince), \(after.createdAt), \(last.at),
                \(last.source), \(history.isSuspect))
            ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, account = excluded.account,
                named_account = excluded.named_account, status = excluded.status, picture = excluded.picture,
                period_end = excluded.period_end, past_due_since = excluded.past_due_since,
                created_at = excluded.created_at, noted_at = excluded.noted_at, source = excluded.source,
                suspect = excluded.suspect
            """)
        return Noted(
            before: stored?.subscription, after: after, isStale: !counts,
            move: SubscriptionMachine.move(from: stored?.subscription.status, to: picture.status))
    }

    private func history(of id: SubscriptionID, in session: any ReadSession) throws -> SubscriptionHistory {
        let rows = try session.rows(
            "SELECT source, status, noted_at, digest FROM subscription_pictures WHERE subscription = \(id)")
        return SubscriptionHistory(
            try rows.map { row in
                SubscriptionHistory.Entry(
                    order: PictureOrder(
                        try row.get("status"), at: try row.get("noted_at"), source: try row.get("source")),
                    digest: try row.get("digest"))
            })
    }

    /// Whose it is and since when it is overdue stand in columns of their own: they come from elsewhere too.
    private static func text(of picture: Subscription) throws -> String {
        var bare = picture
        (bare.account, bare.pastDueSince) = (nil, nil)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(bare), as: UTF8.self)
    }

    private static func digest(_ text: String) -> String {
        Checksum.hex(SHA256.hash(data: Array(text.utf8)).prefix(16))
    }

    /// Forgets pictures that are older than `moment` and decide nothing any more. What counts stays, as does what tells since
    /// when a payment is overdue.
    ///
    /// - Parameters:
    ///   - last: of the step before; nil for the first.
    ///   - limit: of subscriptions that are looked at in this transaction.
    /// - Returns: the last one; nil when there are no more.
    public func forgetPictures(
        before moment: Timestamp, after last: SubscriptionID?, limit: Int, in session: any WriteSession
    ) throws(DatabaseError) -> SubscriptionID? {
        let rows = try session.rows(
            "SELECT id FROM subscriptions WHERE id > \(last?.text ?? "") ORDER BY id LIMIT \(limit)")
        var ids: [SubscriptionID] = []
        for row in rows { ids.append(try row.get("id")) }
        guard let reached = ids.last else { return nil }
        try session.execute(
            """
            DELETE FROM subscription_pictures WHERE subscription IN (\(list: ids)) AND noted_at < (
                SELECT MAX(later.noted_at) FROM subscription_pictures AS later
                WHERE later.subscription = subscription_pictures.subscription
                    AND later.status <> 'past_due' AND later.noted_at < \(moment))
                AND source <> (SELECT source FROM subscriptions WHERE id = subscription_pictures.subscription)
            """)
        return ids.count < limit ? nil : reached
    }
}

/// A row, with the place of its picture.
struct StoredSubscription {
    let subscription: Subscription
    let order: PictureOrder
    let isSuspect: Bool
    /// The account by the picture itself.
    let named: AccountID?

    init(_ row: Row) throws(DatabaseError) {
        let text: String = try row.get("picture")
        guard var picture = try? JSONDecoder().decode(Subscription.self, from: Data(text.utf8)) else {
            throw .unexpected("a subscription cannot be read")
        }
        picture.account = try row.get(optional: "account")
        picture.pastDueSince = try row.get(optional: "past_due_since")
        subscription = picture
        order = PictureOrder(picture.status, at: try row.get("noted_at"), source: try row.get("source"))
        isSuspect = try row.get("suspect")
        named = try row.get(optional: "named_account")
    }
}
