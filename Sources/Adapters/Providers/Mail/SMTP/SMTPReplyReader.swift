import NIOCore

/// Hands the server's replies to whoever waits for them, one at a time. On the channel's event loop only.
final class SMTPReplyReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// A server that says so much unasked is none.
    private static let mostUnasked = 8

    private var parser = SMTPReplyParser()
    private var unasked: [SMTPReply] = []
    private var waiting: EventLoopPromise<SMTPReply>?
    private var end: (any Error)?

    /// Nothing came that nobody asked for.
    var isQuiet: Bool { parser.isEmpty && unasked.isEmpty }

    /// The next reply; what was said already comes first.
    func next(on loop: any EventLoop) -> EventLoopFuture<SMTPReply> {
        if !unasked.isEmpty { return loop.makeSucceededFuture(unasked.removeFirst()) }
        if let end { return loop.makeFailedFuture(end) }
        let promise = loop.makePromise(of: SMTPReply.self)
        waiting?.fail(SMTPReplyParser.Unreadable())
        waiting = promise
        return promise.futureResult
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(SMTPReplyParser.Unreadable) {
            for reply in try parser.read(unwrapInboundIn(data).readableBytesView) { take(reply) }
            guard unasked.count <= Self.mostUnasked else { throw SMTPReplyParser.Unreadable() }
        } catch {
            fail(error, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(ChannelError.eof)
    }

    private func take(_ reply: SMTPReply) {
        if let waiting {
            self.waiting = nil
            waiting.succeed(reply)
        } else {
            unasked.append(reply)
        }
    }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        finish(error)
        context.close(promise: nil)
    }

    private func finish(_ error: any Error) {
        end = end ?? error
        waiting?.fail(error)
        waiting = nil
    }
}
