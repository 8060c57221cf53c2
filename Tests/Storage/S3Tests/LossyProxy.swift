import NIOCore
import NIOPosix
import Synchronization

/// Passes bytes to a server and back, and once breaks the connection at a chosen moment.
enum LossyProxy {
    enum Loss: String, CaseIterable, Sendable {
        /// The request does not reach the server whole.
        case request
        /// The server did its work; nobody learns of it.
        case answer
        /// The first bytes of the answer come, the rest does not.
        case rest
    }

    /// Requests that went by.
    final class Count: Sendable {
        private let state = Mutex(0)

        var value: Int { state.withLock { $0 } }

        func next() -> Int {
            state.withLock {
                $0 += 1
                return $0
            }
        }
    }

    /// - Parameter number: of the request that is lost, counted from 1.
    static func run(
        to port: Int, losing loss: Loss, at number: Int, body: (_ port: Int, Count) async throws -> Void
    ) async throws {
        let (requests, answers) = (Count(), Count())
        let group = MultiThreadedEventLoopGroup.singleton
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop).connect(host: "127.0.0.1", port: port).flatMapThrowing {
                    server in
                    let turn = Turn()
                    try client.pipeline.syncOperations.addHandler(
                        Pipe(to: server) { bytes in
                            guard !turn.isAsking else { return .pass }
                            turn.isAsking = true
                            return requests.next() == number && loss == .request ? .cut(bytes / 2) : .pass
                        })
                    try server.pipeline.syncOperations.addHandler(
                        Pipe(to: client) { bytes in
                            guard turn.isAsking else { return .pass }
                            turn.isAsking = false
                            guard answers.next() == number else { return .pass }
                            return switch loss {
                            case .request: .pass
                            case .answer: .cut(0)
                            case .rest: .cut(bytes - 1)
                            }
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(channel.localAddress?.port ?? 0, requests)
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }

    private enum Action {
        case pass
        /// So many bytes still go on, then both sides are closed.
        case cut(Int)
    }

    /// Whose word it is on one connection; both its sides live on one event loop.
    private final class Turn {
        var isAsking = false
    }

    private final class Pipe: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel
        private let decide: (Int) -> Action

        init(to other: any Channel, decide: @escaping (Int) -> Action) {
            (self.other, self.decide) = (other, decide)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            switch decide(buffer.readableBytes) {
            case .pass: other.writeAndFlush(buffer, promise: nil)
            case .cut(let count):
                if let slice = buffer.readSlice(length: max(0, count)) { other.writeAndFlush(slice, promise: nil) }
                other.close(promise: nil)
                context.close(promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            other.close(promise: nil)
        }
    }
}
