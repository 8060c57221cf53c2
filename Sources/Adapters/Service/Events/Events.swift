import Auth
import Storage

/// What happens to an account's things, told to its devices and pages as it happens.
public struct Events: Sendable {
    /// Feeds that an account may follow at once, in this process.
    public static let mostFeeds = 10
    /// How long events are kept for who was away.
    public static let memory = Duration.seconds(7 * 86_400)

    let database: any Database
    let log: EventLog
    let watch: EventWatch

    /// Follows what happens from event `number` on: without loss or repeat as long as the events are kept, else from now on,
    /// with word of it (``EventKind/reset``).
    ///
    /// - Parameter number: the last event seen; nil for what happens from now on.
    /// - Throws: ``ServiceError`` `.rateLimited` beyond ``mostFeeds``.
    public func feed(for caller: Principal, after number: Int64? = nil) throws -> AccountFeed {
        let account = try caller.may(.followEvents)
        let follower = try watch.join(caller, Topic.user(account))
        return AccountFeed(
            follower: follower, start: number, database: database, log: log, heartbeat: watch.pace.heartbeat)
    }
}
