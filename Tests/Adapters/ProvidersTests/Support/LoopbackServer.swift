import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback that says what a test tells it, byte by byte, in a task for each connection.
struct LoopbackServer: Sendable {
    let port: Int
    private let clients: Clients

    /// How many connections were taken.
    var connections: Int { clients.count }

    /// Runs `body` beside the server; both end with it.
    static func run<Result: Sendable>(
        tls: NIOSSLContext? = nil,
        _ serve: @escaping @Sendable (inout ServerConnection) async throws -> Void,
        body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        let clients = Clients()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    // Handed over at once: one that waits to be taken, and is not, may not just be forgotten.
                    let client = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    // A client that hangs up ends its connection and nothing else.
                    clients.add(Task { try? await Self.serve(client, serve) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = LoopbackServer(port: listener.localAddress?.port ?? 0, clients: clients)
        do {
            let result = try await body(server)
            await clients.end(listener)
            return result
        } catch {
            await clients.end(listener)
            throw error
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

    private final class Clients: Sendable {
        private let tasks = Mutex([Task<Void, Never>]())

        var count: Int { tasks.withLock { $0.count } }

        func add(_ task: Task<Void, Never>) {
            tasks.withLock { $0.append(task) }
        }

        func end(_ listener: any Channel) async {
            try? await listener.close()
            let tasks = tasks.withLock { $0 }
            for task in tasks { task.cancel() }
            for task in tasks { await task.value }
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
