import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback that says what a test tells it, byte by byte, in a task for each connection.
struct LoopbackServer: Sendable {
    let port: Int
    fileprivate let counter: Counter

    /// How many connections were taken.
    var connections: Int { counter.value }

    /// Runs `body` beside the server; both end with it.
    static func run<Result: Sendable>(
        tls: NIOSSLContext? = nil,
        _ serve: @escaping @Sendable (inout ServerConnection) async throws -> Void,
        body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let server = LoopbackServer(port: listener.channel.localAddress?.port ?? 0, counter: Counter())
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.accept(listener, serve) }
            defer { group.cancelAll() }
            return try await body(server)
        }
    }

    private func accept(
        _ listener: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>,
        _ serve: @escaping @Sendable (inout ServerConnection) async throws -> Void
    ) async {
        try? await listener.executeThenClose { clients in
            await withTaskGroup(of: Void.self) { group in
                do {
                    for try await client in clients {
                        counter.increment()
                        // A client that hangs up ends its connection and nothing else.
                        group.addTask { try? await Self.serve(client, serve) }
                    }
                } catch {}
                group.cancelAll()
            }
        }
    }

    private static func serve(
        _ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>,
        _ serve: @escaping @Sendable (inout ServerConnection) async throws -> Void
    ) async throws {
        try await client.executeThenClose { inbound, outbound in
            var connection = ServerConnection(
                channel: client.channel, iterator: inbound.makeAsyncIterator(), outbound: outbound)
            try await serve(&connection)
        }
    }

    fileprivate final class Counter: Sendable {
        private let count = Mutex(0)

        var value: Int { count.withLock { $0 } }

        func increment() {
            count.withLock { $0 += 1 }
        }
    }
}

/// The server's end of one connection.
struct ServerConnection {
    let channel: any Channel
    var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var held: [UInt8] = []

    init(
        channel: any Channel, iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        (self.channel, self.iterator, self.outbound) = (channel, iterator, outbound)
    }

    /// Up to the end `mark`, which is taken off; nil when the client ended before.
    mutating func text(until mark: String) async throws -> String? {
        let end = Array(mark.utf8)
        while true {
            if let found = Self.position(of: end, in: held) {
                let text = String(decoding: held[..<found], as: UTF8.self)
                held.removeFirst(found + end.count)
                return text
            }
            guard let more = try await iterator.next() else { return nil }
            held += Array(more.readableBytesView)
        }
    }

    mutating func bytes(_ count: Int) async throws -> [UInt8]? {
        while held.count < count {
            guard let more = try await iterator.next() else { return nil }
            held += Array(more.readableBytesView)
        }
        defer { held.removeFirst(count) }
        return Array(held.prefix(count))
    }

    /// Until the client ends the connection.
    mutating func drain() async throws {
        while try await iterator.next() != nil {}
    }

    func write(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Ends the connection without a word of TLS, as a server that is killed does.
    func cut() async throws {
        let channel = channel
        try await channel.eventLoop.submit {
            let tls = try channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
            tls.close(promise: nil)
        }.get()
    }

    /// Says that TLS begins, and begins it before the other end can have read so.
    func secure(_ context: NIOSSLContext, saying text: String) async throws {
        let channel = channel
        try await channel.eventLoop.submit {
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context), position: .first)
        }.get()
    }

    private static func position(of mark: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first { bytes[$0..<($0 + mark.count)].elementsEqual(mark) }
    }
}
