/// How often those who follow events are looked after.
public struct EventPace: Sendable {
    /// How late is told what another process wrote to an embedded database, which has no signals.
    public var look: Duration
    /// How late a feed ends whose session or key has.
    public var check: Duration
    /// How often a follower hears something, if only that there is nothing.
    public var heartbeat: Duration

    public init(
        look: Duration = .milliseconds(100), check: Duration = .seconds(1), heartbeat: Duration = .seconds(15)
    ) {
        (self.look, self.check, self.heartbeat) = (look, check, heartbeat)
    }
}
