import Addresses
import NIOCore
import NIOHTTP1
import NIOSSL

/// The first handler of a connection: knows how long nothing has come, and ends the connection when it is time.
///
/// It sees the bytes of HTTP (behind TLS), on HTTP/1 and HTTP/2 alike. What single requests do is told to it by the
/// ``RequestGuard`` of the connection, or of each HTTP/2 stream.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// The head of a request is awaited, of which something may have come.
        case head(since: NIODeadline, hasBegun: Bool)
        /// Between requests.
        case idle(since: NIODeadline)
        case busy
        /// The last word was said; what still comes is not read.
        case lingering(since: NIODeadline)
        /// Another protocol has taken over.
        case upgraded
    }

    let limits: ConnectionLimits
    let admission: ConnectionTable.Admission
    private let refusals: RefusalLog
    /// Of the peer.
    private let address: IPAddress?
    /// Whether streams come and go by themselves, as in HTTP/2.
    var isMultiplexed = false
    /// Bytes that came in.
    private(set) var arrived = 0
    private var phase = Phase.busy
    private var open = 0
    private var guards: [ObjectIdentifier: RequestGuard] = [:]
    private var hasLine = false
    /// Whether nothing more is waited for.
    private var isOverdue = false
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?

    init(
        _ limits: ConnectionLimits, _ admission: ConnectionTable.Admission, _ refusals: RefusalLog,
        from address: IPAddress?
    ) {
        (self.limits, self.admission, self.refusals, self.address) = (limits, admission, refusals, address)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        phase = .head(since: context.eventLoop.now, hasBegun: false)
        scheduleTick(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        (timer, self.context) = (nil, nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        guard admission == .refused else { return }
        note(.tooManyConnections)
        isOverdue = true
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A handshake that is broken off here ends in an error, too.
        if case .handshakeFailed? = error as? NIOSSLError, !isOverdue { note(.tls) }
        context.fireErrorCaught(error)
    }

    // MARK: What comes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .lingering = phase { return }
        let buffer = unwrapInboundIn(data)
        arrived += buffer.readableBytes
        switch phase {
        case .head(let since, _):
            phase = .head(since: since, hasBegun: true)
            hasLine = hasLine || buffer.readableBytesView.contains(UInt8(ascii: "\n"))
        case .idle where !isMultiplexed:
            phase = .head(since: context.eventLoop.now, hasBegun: true)
            hasLine = buffer.readableBytesView.contains(UInt8(ascii: "\n"))
        default: break
        }
        context.fireChannelRead(data)
        if !isMultiplexed { for request in guards.values { request.checkFraming() } }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Nobody behind reads any more.
        if case .lingering = phase { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .lingering = phase, event as? ChannelEvent == .inputClosed {
            context.close(promise: nil)
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // Whoever is done with the connection must not take the answer from a client that is still sending.
        if case .lingering = phase, mode == .all {
            context.channel.closeFuture.cascade(to: promise)
            return
        }
        context.close(mode: mode, promise: promise)
    }

    // MARK: What requests tell

    func add(_ request: RequestGuard) { guards[ObjectIdentifier(request)] = request }

    func remove(_ request: RequestGuard) { guards[ObjectIdentifier(request)] = nil }

    func requestBegan() {
        open += 1
        phase =
            switch phase {
            case .head, .idle: .busy
            default: phase
            }
    }

    func requestEnded(at now: NIODeadline) {
        open -= 1
        guard open == 0, case .busy = phase else { return }
        phase = .idle(since: now)
        hasLine = false
    }

    /// What an error of the decoder means, which does not say of which part.
    func refusal(for error: HTTPParserError) -> Refusal {
        if isOverdue { return .tooSlow }
        return switch error {
        case .headerOverflow: hasLine ? .headTooLarge : .targetTooLong
        default:
            .malformed("the request is not HTTP as this server reads it: a line or the body's framing is malformed")
        }
    }

    /// Whether an error of the decoder is one to refuse somebody for: who only hangs up in the middle of a request is gone.
    func isRefused(for error: HTTPParserError) -> Bool {
        guard error == .invalidEOFState else { return true }
        if isOverdue, case .idle = phase { return true }
        return false
    }

    /// Says a last word on an HTTP/1 connection, past all handlers of requests, which expect none.
    func say(_ answer: RefusalAnswer, withBody: Bool) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(answer.message(withBody: withBody)), promise: nil)
        linger()
    }

    /// Ends the connection so that what was written arrives: cut at once, a client that is sending would lose it.
    func linger() {
        guard let context else { return }
        if case .lingering = phase { return }
        phase = .lingering(since: context.eventLoop.now)
        context.close(mode: .output, promise: nil)
        context.read()
    }

    func abort() {
        context?.close(promise: nil)
    }

    /// For the operator, whether or not the client can be told.
    func note(_ reason: RefusalReason) {
        guard let context else { return }
        refusals.note(reason, from: address, on: context.eventLoop)
    }

    /// From here on the bytes are none of ours, and nobody waits for a request.
    ///
    /// The handlers of one request after the other go: the answer to this one never ends, and until it did nothing would be read.
    func upgrade() {
        phase = .upgraded
        guard let operations = context?.pipeline.syncOperations else { return }
        if let handler = try? operations.handler(type: WireGuard.self) { _ = operations.removeHandler(handler) }
        if let handler = try? operations.handler(type: HTTPServerPipelineHandler.self) {
            _ = operations.removeHandler(handler)
        }
    }

    // MARK: Time

    private func scheduleTick(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.look(in: limits.tick) { [weak self] in
            guard let self, let context = self.context else { return }
            self.tick(context)
            if self.context != nil { self.scheduleTick(context) }
        }
    }

    private func tick(_ context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        switch phase {
        case .head(let since, let hasBegun) where now - since >= TimeAmount(limits.head):
            isOverdue = true
            note(hasBegun ? .tooSlow : .silent)
            guard hasBegun, !isMultiplexed, !guards.isEmpty else { return abort() }
            say(RefusalAnswer(.tooSlow), withBody: true)
        case .idle where admission != .served: linger()
        case .idle(let since) where now - since >= TimeAmount(limits.idle): endIdle()
        case .lingering(let since) where now - since >= TimeAmount(limits.linger): abort()
        case .upgraded, .lingering: break
        default: for request in guards.values { request.tick(at: now) }
        }
    }

    /// Half a request that came in together with a whole one is in the decoder, which says so only when it is told that
    /// nothing more comes: then the client is told why its connection ends.
    private func endIdle() {
        isOverdue = true
        if !isMultiplexed { context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        if case .lingering = phase { return }
        abort()
    }
}
