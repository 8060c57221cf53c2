/// What a WebSocket is held to.
public struct WebSocketRules: Sendable {
    /// Bytes of a message, whether in one frame or many.
    public var largestMessage: Int
    /// How often the peer is asked whether it is there; it has as long to answer.
    public var pingInterval: Duration
    /// It is closed when neither side has said anything for so long; pings say nothing.
    public var idleTime: Duration
    /// How long the peer has to answer a close.
    public var closeTime: Duration

    public init(
        largestMessage: Int = 64 << 10, pingInterval: Duration = .seconds(30), idleTime: Duration = .seconds(300),
        closeTime: Duration = .seconds(5)
    ) {
        (self.largestMessage, self.pingInterval) = (largestMessage, pingInterval)
        (self.idleTime, self.closeTime) = (idleTime, closeTime)
    }

    /// How often the clock is looked at.
    var tick: Duration { min(.seconds(1), min(pingInterval, closeTime, idleTime) / 4) }
}

public enum WebSocketMessage: Equatable, Sendable {
    case text(String)
    case binary([UInt8])
}
