import NIOCore
import NIOHTTP1

/// Sends the request when the connection stands, and reads the answer's body from the socket only when somebody asks for more.
final class HTTPStreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: (head: HTTPRequestHead, body: [UInt8])
    private let end: NIODeadline
    private let limits: OutboundRequest.Limits
    private let wire: WireLimit
    private let answer: EventLoopPromise<HTTPResponseHead>
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    /// What came in with the last read from the socket and was not asked for yet.
    private var chunks: [ByteBuffer] = []
    private var waiting: EventLoopPromise<ByteBuffer?>?
    private var outcome: Result<Void, any Error>?

    init(
        _ head: HTTPRequestHead, _ body: [UInt8], until end: NIODeadline, _ limits: OutboundRequest.Limits,
        wire: WireLimit, head answer: EventLoopPromise<HTTPResponseHead>
    ) {
        (request, self.end, self.limits) = ((head, body), end, limits)
        (self.wire, self.answer) = (wire, answer)
    }

    /// On the event loop. Nil is the end.
    func next(_ promise: EventLoopPromise<ByteBuffer?>) {
        if !chunks.isEmpty { return promise.succeed(chunks.removeFirst()) }
        switch outcome {
        case .success?: promise.succeed(nil)
        case .failure(let error)?: promise.fail(error)
        case nil:
            waiting = promise
            context?.read()
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let (loopBound, limit) = (NIOLoopBound(self, eventLoop: context.eventLoop), limits.total)
        timer = context.eventLoop.scheduleTask(deadline: end) {
            loopBound.value.finish(.failure(OutboundFailure(.tooSlow(limit))))
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        if !request.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: request.body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        wire.isMoving()
        switch unwrapInboundIn(data) {
        case .head(let head):
            // From here on the socket is read when somebody asks, so that the sender waits for the reader.
            try? context.channel.syncOptions?.setOption(.autoRead, value: false)
            answer.succeed(head)
        case .body(let buffer):
            guard let waiting else { return chunks.append(buffer) }
            self.waiting = nil
            waiting.succeed(buffer)
        case .end: finish(.success(()))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // It may have been half a record of TLS, or the border of a chunk.
        if waiting != nil, outcome == nil { context.read() }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(error))
    }

    /// Whatever ends the connection first; an end that was known already stays so.
    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.failure(ChannelError.eof))
        self.context = nil
    }

    private func finish(_ result: Result<Void, any Error>) {
        guard outcome == nil else { return }
        outcome = result
        timer?.cancel()
        switch result {
        case .success: waiting?.succeed(nil)
        case .failure(let error):
            answer.fail(error)
            waiting?.fail(error)
        }
        waiting = nil
        context?.close(promise: nil)
    }
}

/// The body of an answer, for one reader. The connection ends with it.
final class HTTPBodySource: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<HTTPStreamHandler>
    private let limits: OutboundRequest.Limits

    init(_ channel: any Channel, _ handler: NIOLoopBound<HTTPStreamHandler>, _ limits: OutboundRequest.Limits) {
        (self.channel, self.handler, self.limits) = (channel, handler, limits)
    }

    deinit {
        channel.close(promise: nil)
    }

    func next() async throws -> [UInt8]? {
        let promise = channel.eventLoop.makePromise(of: ByteBuffer?.self)
        channel.eventLoop.execute { [handler] in handler.value.next(promise) }
        do {
            return try await promise.futureResult.get(closing: channel).map { Array($0.readableBytesView) }
        } catch {
            try Task.checkCancellation()
            throw HTTPExchange.failure(error, limits)
        }
    }
}
