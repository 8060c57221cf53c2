import NIOCore
import NIOPosix
import Synchronization

/// One address for several servers, as in front of several machines: each connection goes to the next of them that listens.
final class Balancer: Sendable {
    let port: Int
    private let listener: any Channel

    init(_ ports: [Int]) async throws {
        let turn = Mutex(0)
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { client in
                let first = turn.withLock { turn in
                    defer { turn += 1 }
                    return turn % ports.count
                }
                return Self.join(client, to: ports[first...] + ports[..<first])
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    deinit { listener.close(promise: nil) }

    private static func join(_ client: any Channel, to ports: ArraySlice<Int>) -> EventLoopFuture<Void> {
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: ports[ports.startIndex])
            .flatMapThrowing { server in
                try client.pipeline.syncOperations.addHandler(Passing(to: server))
                try server.pipeline.syncOperations.addHandler(Passing(to: client))
            }
            .flatMapError { error in
                ports.count > 1 ? join(client, to: ports.dropFirst()) : client.eventLoop.makeFailedFuture(error)
            }
    }
}

/// What comes in here goes out there.
private final class Passing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let other: any Channel

    init(to other: any Channel) {
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.write(unwrapInboundIn(data), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        other.flush()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { other.close(mode: .output, promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
