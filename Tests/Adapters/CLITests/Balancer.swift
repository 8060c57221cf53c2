import NIOCore
import NIOPosix
import Synchronization

/// One address for several servers, as in front of several machines: each connection goes to the next of them that listens.
final class Balancer: Sendable {
    let port: Int
    private let listener: any Channel
    private let servers: Servers

    /// Where the next connection goes.
    private final class Servers: Sendable {
        let state: Mutex<(ports: [Int], turn: Int)>

        init(_ ports: [Int]) { state = Mutex((ports, 0)) }

        /// All of them, the next one first.
        func next() -> [Int] {
            state.withLock { state in
                guard !state.ports.isEmpty else { return [] }
                state.turn = (state.turn + 1) % state.ports.count
                return Array(state.ports[state.turn...] + state.ports[..<state.turn])
            }
        }
    }

    init(_ ports: [Int] = []) async throws {
        let servers = Servers(ports)
        self.servers = servers
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { client in
                Self.join(client, to: servers.next()[...])
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    deinit { listener.close(promise: nil) }

    /// For one that was there before its servers.
    func lead(to ports: [Int]) { servers.state.withLock { $0.ports = ports } }

    private static func join(_ client: any Channel, to ports: ArraySlice<Int>) -> EventLoopFuture<Void> {
        guard let port = ports.first else {
            return client.eventLoop.makeFailedFuture(ChannelError.connectTimeout(.zero))
        }
        return ClientBootstrap(group: client.eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connectTimeout(.minutes(5))
            .connect(host: "127.0.0.1", port: port)
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
