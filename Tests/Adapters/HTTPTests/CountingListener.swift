import NIOCore
import NIOPosix
import Synchronization

/// Listens on loopback, says something to whoever connects, and counts them.
struct CountingListener: Sendable {
    let port: Int
    private let count: Counter

    var connections: Int { count.value.withLock { $0 } }

    private final class Counter: Sendable {
        let value = Mutex(0)
    }

    static func run(_ body: (CountingListener) async throws -> Void) async throws {
        let counter = Counter()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                counter.value.withLock { $0 += 1 }
                return channel.writeAndFlush(ByteBuffer(string: "SSH-2.0-secret-banner\r\n"))
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(CountingListener(port: listener.localAddress?.port ?? 0, count: counter))
            try await listener.close()
        } catch {
            try? await listener.close()
            throw error
        }
    }
}
