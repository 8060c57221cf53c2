import NIOCore
import NIOHTTP1

/// Hears at once that the client of a stream is gone: nobody reads from a connection while an answer is written to it.
final class ConnectionEnd: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    private let gone: @Sendable () -> Void
    /// Of HTTP/2, where every client ends its side with the request, and is there nevertheless.
    private let isStream: Bool

    private init(isStream: Bool, _ gone: @escaping @Sendable () -> Void) {
        (self.isStream, self.gone) = (isStream, gone)
    }

    func channelInactive(context: ChannelHandlerContext) {
        gone()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if !isStream, case ChannelEvent.inputClosed = event { gone() }
        context.fireUserInboundEventTriggered(event)
    }

    /// Does `work`, and meanwhile `gone` if the client goes.
    static func watch(
        _ channel: any Channel, gone: @escaping @Sendable () -> Void, while work: () async throws -> Void
    ) async throws {
        let end = try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let isHTTP1 = (try? pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)) != nil
            let end = ConnectionEnd(isStream: !isHTTP1, gone)
            // Before all that might keep an end back until an answer is written.
            try pipeline.addHandler(end, position: .first)
            return end
        }.get()
        defer { channel.pipeline.removeHandler(end, promise: nil) }
        try await work()
    }
}
