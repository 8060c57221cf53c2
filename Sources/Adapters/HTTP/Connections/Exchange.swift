import HTTPTypes
import NIOCore

/// One request under way, and how far its answer is.
struct Exchange {
    let method: HTTPRequest.Method
    /// Bytes that the connection had received when the head was there.
    let received: Int
    /// Bytes of the body.
    private(set) var arrived = 0
    /// Whether the request was received to its end.
    var isWhole = false
    /// Whether the client waits to be asked for the body.
    var isToBeAskedFor: Bool
    /// Whether the connection ends with the answer.
    var mustClose: Bool
    /// Whether the answer has begun.
    var hasAnswer = false
    /// Whether the answer was written to its end.
    var isAnswered = false
    private let announced: Int?
    private let limits: ConnectionLimits
    private var incoming: TransferWatch
    /// Of the time in which the client was waited for.
    private var waited = TimeAmount.nanoseconds(0)
    private var waiting: NIODeadline?

    init(_ request: HTTPRequest, _ limits: ConnectionLimits, at now: NIODeadline, received: Int) {
        let fields = request.headerFields
        (method, self.received, self.limits) = (request.method, received, limits)
        isToBeAskedFor = fields[.expect] != nil
        mustClose = fields.says(close: .connection)
        announced = fields[.contentLength].flatMap(Int.init)
        incoming = TransferWatch(rate: limits.bodyRate, window: limits.bodyWindow)
        proceed(at: now)
    }

    mutating func take(_ bytes: Int) {
        arrived += bytes
        incoming.count(bytes)
        isToBeAskedFor = false
    }

    /// The server is ready for more of the body.
    mutating func proceed(at now: NIODeadline) {
        guard !isWhole, !isToBeAskedFor else { return }
        incoming.start(at: now)
        if waiting == nil { waiting = now }
    }

    /// The server is busy with what came.
    mutating func pause(at now: NIODeadline) {
        incoming.stop(at: now)
        if let waiting { waited = waited + (now - waiting) }
        waiting = nil
    }

    mutating func isTooSlow(at now: NIODeadline) -> Bool {
        guard !isWhole else { return false }
        let total = waited + (waiting.map { now - $0 } ?? .nanoseconds(0))
        let bytes = max(arrived, announced ?? 0)
        let allowed = TimeAmount(limits.request + .seconds(Double(bytes) / Double(limits.requestRate)))
        return incoming.isTooSlow(at: now) || total > allowed
    }

    /// Whether so little is left of an unread body that reading it costs less than a new connection.
    func isWorthReading(upTo bytes: Int) -> Bool {
        if isWhole { return true }
        guard let announced, !isToBeAskedFor else { return false }
        return announced - arrived <= bytes
    }
}

extension HTTPFields {
    /// Whether a list of options, as `Connection` is, has `close` among them.
    func says(close name: HTTPField.Name) -> Bool {
        self[name]?.split(separator: ",").contains { $0.trimmingBlanks.lowercased() == "close" } ?? false
    }
}
