import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A client that says what it is told, byte by byte, and shows what comes back.
final class ByteClient: Sendable {
    private final class Ear: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let heard = Mutex((bytes: [UInt8](), isClosed: false))

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            heard.withLock { $0.bytes += buffer.readableBytesView }
        }

        func channelInactive(context: ChannelHandlerContext) {
            heard.withLock { $0.isClosed = true }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { heard.withLock { $0.isClosed = true } }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    private let channel: any Channel
    private let ear: Ear

    /// - Parameters:
    ///   - first: is said as soon as there is a connection, however busy the tests' threads are.
    ///   - reads: false for one that listens to nothing.
    ///   - tls: for one that speaks behind TLS.
    init(port: Int, saying first: String = "", reads: Bool = true, tls: NIOSSLContext? = nil) async throws {
        let ear = Ear()
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.minutes(10))
            .channelOption(ChannelOptions.autoRead, value: reads)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let operations = channel.pipeline.syncOperations
                    if let tls {
                        try operations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    try operations.addHandler(ear)
                }
            }
            .connect(to: SocketAddress(ipAddress: "127.0.0.1", port: port))
            .flatMap { channel in
                // Whoever has nothing to say does not even write that.
                first.isEmpty
                    ? channel.eventLoop.makeSucceededFuture(channel)
                    : channel.writeAndFlush(ByteBuffer(string: first)).map { channel }
            }
            .get()
        self.ear = ear
    }

    deinit { channel.close(promise: nil) }

    /// What came back.
    var text: String { ear.heard.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
    /// Whether the server has said its last word, or the connection is gone.
    var isClosed: Bool { ear.heard.withLock { $0.isClosed } }
    /// Whether the connection is gone.
    var isGone: Bool { !channel.isActive }
    /// Of each answer that came.
    var statuses: [Int] {
        // Not by lines: a body may end without one.
        text.matches(of: #/HTTP/1\.1 (\d{3}) /#).compactMap { Int($0.1) }
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// What a server no longer takes is lost without a word.
    func send(_ bytes: [UInt8]) async throws {
        try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Says the same again and again, however busy the tests' threads are.
    func say(_ text: String, times: Int, every pause: TimeAmount) {
        for turn in 0..<times {
            channel.eventLoop.scheduleTask(in: pause * turn) { [channel] in
                channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
            }
        }
    }

    /// Begins to send, whether or not the server takes it.
    func pour(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Has nothing more to say, and still listens.
    func hangUp() { channel.close(mode: .output, promise: nil) }

    func close() { channel.close(promise: nil) }

    /// - Returns: whether it came true in time.
    @discardableResult
    func wait(_ limit: Duration = .seconds(600), until condition: (ByteClient) -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while !condition(self) {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
        return true
    }
}
