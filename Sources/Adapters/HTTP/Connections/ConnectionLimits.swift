import NIOCore

/// How long the server waits for whom, and for how many: what keeps slow and greedy clients from the time of others.
///
/// The rates let a phone on a 2G network live (GPRS: 2 to 5 KiB/s), and end a connection that is kept open for its own sake.
public struct ConnectionLimits: Equatable, Sendable {
    /// From the first byte of a request, or from the beginning of a connection that says nothing, to the end of its head.
    public var head = Duration.seconds(10)
    /// Between two requests of a connection.
    public var idle = Duration.seconds(60)
    /// Bodies must come in at ``bodyRate`` in every such span in which the server waits for them.
    public var bodyWindow = Duration.seconds(10)
    /// Bytes per second.
    public var bodyRate = 1 << 10
    /// For a whole request, with ``requestRate``: so long, and longer by its size.
    public var request = Duration.seconds(120)
    /// Bytes per second.
    public var requestRate = 2 << 10
    /// Answers must be taken at ``answerRate`` in every such span in which there is something to take. It is longer than
    /// that of bodies: a system takes from a socket in strides.
    public var answerWindow = Duration.seconds(30)
    /// Bytes per second.
    public var answerRate = 1 << 10
    /// How long a client that is still sending has to read the answer which refused it, before its connection is cut.
    public var linger = Duration.seconds(5)
    /// Bytes of the longest body: the largest object that a store takes in one put, and the form around it. What a plan
    /// allows is less, and known only when somebody has signed in.
    public var bodyBytes = 5 << 30 + 16 << 20
    /// In all.
    public var connections = 10_000
    /// Of one subscriber: an IPv4 address or an IPv6 /64. Trusted proxies may have more.
    public var connectionsPerAddress = 256
    /// Requests that are being worked on; those that wait for their client are not.
    public var requests = 512
    /// Connections that the system keeps until the server takes them.
    public var backlog = 1024

    public init() {}

    /// Beyond ``connections`` and ``connectionsPerAddress`` so many are still told that there are too many, and may ask for
    /// the server's health.
    var surplus: Int { max(8, connections / 16) }

    /// How often clocks are looked at.
    var tick: TimeAmount {
        let shortest = min(head, idle, bodyWindow, request, answerWindow, linger)
        return min(.seconds(1), max(.milliseconds(5), TimeAmount(shortest / 4)))
    }
}

extension ConnectionLimits {
    /// The same with no more connections than fit into so many open files.
    public func fitting(openFiles: Int) -> ConnectionLimits {
        // A request has files of its own, and the database, the log and the analysis have some.
        var limits = self
        limits.connections = max(16, min(connections, openFiles / 4 * 3 - 96))
        return limits
    }
}

/// What every HTTP/1 message may have of its head.
enum HeadLimits {
    /// Bytes of the request target.
    static let target = 8 << 10
    /// Bytes of one field, and of all.
    static let field = 16 << 10
    static let list = 32 << 10
    static let count = 100
}
