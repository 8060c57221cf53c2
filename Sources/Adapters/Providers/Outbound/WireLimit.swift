import NIOCore

/// Bounds what comes without becoming a part of the answer: endless heads, interim answers, trailers, chunk extensions.
final class WireLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    struct Passed: Error {}

    private let limit: Int
    private var idle = 0

    init(_ limit: Int) {
        self.limit = limit
    }

    /// A part of the answer was read.
    func isMoving() {
        idle = 0
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        idle += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        // Judged afterwards: most of these bytes may have been the body's.
        if idle > limit { context.fireErrorCaught(Passed()) }
    }
}
