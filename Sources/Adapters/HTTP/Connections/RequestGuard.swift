import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Behind the decoder of an HTTP/1 connection or HTTP/2 stream: watches one request after the other, from its first byte
/// to the last of its answer.
///
/// Refuses what no route needs to see, ends what comes in or goes out too slowly, asks for bodies that wait to be asked
/// for, and closes after an answer whose request will not be read to its end.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    private var connection: ConnectionGuard?
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var outgoing: TransferWatch
    /// Bytes of answers that the system has not taken yet.
    private var pending = 0
    /// Nothing more passes: the last word was said, or is on its way.
    private var isOver = false
    private var isUpgraded = false
    /// A connection of its own is closed in another way than a stream beside others.
    private var isStream: Bool { connection?.isMultiplexed ?? false }

    /// The bytes of one piece of an answer: so often its progress is seen.
    private static let piece = 16 << 10
    /// So much of an unread body is read for the sake of the connection.
    private static let drained = 64 << 10

    /// Bytes of a chunked body that are none of its content, beside eight for each that is.
    private static let framing = 1 << 10

    init(_ limits: ConnectionLimits) {
        self.limits = limits
        outgoing = TransferWatch(rate: limits.answerRate, window: limits.answerWindow)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let channel = context.channel.parent.flatMap { $0.parent == nil ? nil : $0 } ?? context.channel
        connection = try? channel.pipeline.syncOperations.handler(type: ConnectionGuard.self)
        connection?.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        if exchange != nil { finish(at: .now()) }
        connection?.remove(self)
        connection = nil
    }

    // MARK: The request

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isUpgraded { return context.fireChannelRead(data) }
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let request):
            exchange = Exchange(request, limits, at: context.eventLoop.now, received: connection?.arrived ?? 0)
            connection?.requestBegan()
            if let refusal = refusal(of: request) { return refuse(refusal) }
            context.fireChannelRead(data)
        case .body(let buffer):
            exchange?.take(buffer.readableBytes)
            if let exchange, exchange.arrived > limits.bodyBytes { return refuse(.bodyTooLarge) }
            context.fireChannelRead(data)
        case .end:
            exchange?.isWhole = true
            if exchange?.isAnswered == true { finish(at: context.eventLoop.now) }
            context.fireChannelRead(data)
        }
    }

    private func refusal(of request: HTTPRequest) -> Refusal? {
        if let refusal = RequestTarget.refusal(of: request, bodyBytes: limits.bodyBytes) { return refusal }
        let isServed = connection?.admission ?? .served == .served || LoadShedding.isExempt(request.path)
        return isServed ? nil : .tooManyConnections
    }

    func read(context: ChannelHandlerContext) {
        exchange?.proceed(at: context.eventLoop.now)
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        exchange?.pause(at: context.eventLoop.now)
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as Refusal: refuse(error)
        case let error as HTTPParserError where connection != nil && !isUpgraded:
            guard let connection else { return }
            refuse(connection.refusal(for: error), isNoted: connection.isRefused(for: error))
        default: context.fireErrorCaught(error)
        }
    }

    /// A body in pieces of a few bytes, or with long notes beside them, costs more than it brings.
    func checkFraming() {
        guard let exchange, !exchange.isWhole, let connection else { return }
        let beside = connection.arrived - exchange.received - exchange.arrived
        if beside > Self.framing + 8 * exchange.arrived {
            refuse(.malformed("the body's chunks are mostly framing"))
        }
    }

    // MARK: The answer

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard !isOver, exchange?.isToBeAskedFor == true else { return }
        exchange?.isToBeAskedFor = false
        exchange?.proceed(at: context.eventLoop.now)
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isUpgraded { return context.write(data, promise: promise) }
        guard !isOver else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let response): write(response, context, promise)
        case .body(let buffer): write(buffer, context, promise)
        case .end:
            exchange?.isAnswered = true
            guard let exchange, exchange.mustClose else {
                // Before it is written: the next request may come out of that call.
                if self.exchange?.isWhole == true { finish(at: context.eventLoop.now) }
                return context.write(data, promise: promise)
            }
            close(after: data, exchange, context, promise)
        }
    }

    private func write(_ response: HTTPResponse, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        var response = response
        if response.status == .switchingProtocols {
            // No deadline, rate or idle limit holds any longer. What takes over stands between the connection and HTTP, so that
            // nothing of it passes here, and looks itself whether its peer is there.
            isUpgraded = true
            context.write(wrapOutboundOut(.head(response)), promise: promise)
            connection?.upgrade()
            return
        }
        if response.status.kind != .informational {
            exchange?.hasAnswer = true
            if response.headerFields.says(close: .connection) || exchange?.isWorthReading(upTo: Self.drained) == false {
                exchange?.mustClose = true
            }
            if exchange?.mustClose == true { response.headerFields[.connection] = "close" }
            // In HTTP/2 there are no such fields (RFC 9113 §8.2.2).
            if isStream {
                response.headerFields[.connection] = nil
                response.headerFields[.upgrade] = nil
            }
        }
        context.write(wrapOutboundOut(.head(response)), promise: promise)
    }

    private func write(_ buffer: ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        var rest = buffer
        while rest.readableBytes > Self.piece, let piece = rest.readSlice(length: Self.piece) {
            context.write(wrapOutboundOut(.body(piece)), promise: watched(piece.readableBytes, context, nil))
        }
        context.write(wrapOutboundOut(.body(rest)), promise: watched(rest.readableBytes, context, promise))
    }

    /// Counts bytes as pending until the system has taken them.
    private func watched(
        _ bytes: Int, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) -> EventLoopPromise<Void> {
        let taken = context.eventLoop.makePromise(of: Void.self)
        pending += bytes
        outgoing.start(at: context.eventLoop.now)
        taken.futureResult.assumeIsolated().whenComplete { [self] _ in
            pending -= bytes
            outgoing.count(bytes)
            if pending == 0 { outgoing.stop(at: context.eventLoop.now) }
        }
        if let promise { taken.futureResult.cascade(to: promise) }
        return taken
    }

    private func close(
        after end: NIOAny, _ exchange: Exchange, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
        isOver = true
        let written = context.eventLoop.makePromise(of: Void.self)
        if let promise { written.futureResult.cascade(to: promise) }
        written.futureResult.assumeIsolated().whenSuccess { [self] in
            finish(at: context.eventLoop.now)
            if isStream { closeLater(context) } else { connection?.linger() }
        }
        context.writeAndFlush(end, promise: written)
    }

    // MARK: Ends

    private func finish(at now: NIODeadline) {
        exchange = nil
        connection?.requestEnded(at: now)
    }

    /// Says why, if that can still be said, and closes. Whoever reads the body learns it too.
    ///
    /// - Parameter isNoted: for the operator.
    private func refuse(_ refusal: Refusal, isNoted: Bool = true) {
        guard !isOver, !isUpgraded, let context else { return }
        isOver = true
        if isNoted { connection?.note(refusal.reason) }
        let answer = RefusalAnswer(refusal)
        let withBody = exchange?.method != .head
        switch (exchange?.hasAnswer == true, isStream) {
        case (true, false): connection?.linger()
        case (true, true): context.close(promise: nil)
        case (false, false): connection?.say(answer, withBody: withBody)
        case (false, true):
            context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
            if withBody { context.write(wrapOutboundOut(.body(answer.body)), promise: nil) }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            closeLater(context)
        }
        if exchange != nil { finish(at: context.eventLoop.now) }
        context.fireErrorCaught(refusal)
    }

    /// Resets the stream, if it has not ended by then: of an answer whose stream is reset at once many clients see nothing.
    private func closeLater(_ context: ChannelHandlerContext) {
        let channel = context.channel
        context.eventLoop.scheduleTask(in: TimeAmount(limits.linger)) { channel.close(promise: nil) }
    }

    func tick(at now: NIODeadline) {
        guard !isUpgraded else { return }
        // A stream of events that has nothing to say has nothing pending: its clock stands still.
        if outgoing.isTooSlow(at: now), pending > 0 {
            isOver = true
            connection?.note(.slowReader)
            if isStream { context?.close(promise: nil) } else { connection?.abort() }
            return
        }
        if exchange?.isTooSlow(at: now) == true { refuse(.tooSlow) }
    }
}

/// The body of a request is about to be read: a client that waits to be asked for it (`Expect: 100-continue`) is asked.
struct BodyWanted: Sendable {}
