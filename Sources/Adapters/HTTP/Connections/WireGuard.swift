import NIOCore
import NIOHTTP1

/// Behind the HTTP/1 decoder: lets nothing pass from the first head that breaks the ``WireRules``.
final class WireGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var hasRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        if let refusal = WireRules.refusal(of: head) {
            hasRefused = true
            context.fireErrorCaught(refusal)
            return
        }
        // What is behind knows of no versions.
        if head.version == .http1_0, !head.isKeepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
