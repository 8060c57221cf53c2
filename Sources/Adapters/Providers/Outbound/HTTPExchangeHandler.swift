import NIOCore
import NIOHTTP1

/// Sends the request when the connection stands, and gathers the answer up to its limit.
final class HTTPExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let body: [UInt8]
    private let limit: Int
    private let wire: WireLimit
    private let promise: EventLoopPromise<RawAnswer>
    private var answer: RawAnswer?

    init(
        _ head: HTTPRequestHead, _ body: [UInt8], limit: Int, wire: WireLimit, answer: EventLoopPromise<RawAnswer>
    ) {
        (self.head, self.body, self.limit, self.wire, promise) = (head, body, limit, wire, answer)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            answer = RawAnswer(head: head)
            wire.isMoving()
            if limit == 0 { finish(context) }
        case .body(let buffer):
            gather(buffer, context)
            wire.isMoving()
        case .end: finish(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    /// Whatever ends the connection first; a promise that was kept already stays so.
    func handlerRemoved(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
    }

    private func gather(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        guard let room = answer.map({ limit - $0.body.count }) else { return }
        answer?.body += buffer.readableBytesView.prefix(room)
        guard buffer.readableBytes > room else { return }
        answer?.isCut = true
        finish(context)
    }

    private func finish(_ context: ChannelHandlerContext) {
        if let answer { promise.succeed(answer) }
        answer = nil
        context.close(promise: nil)
    }
}
