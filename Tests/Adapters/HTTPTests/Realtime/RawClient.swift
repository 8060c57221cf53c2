import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import WaxwingHTTP

/// A client that sends bytes as it pleases, and reads what comes.
final class RawClient {
    private let channel: any Channel
    private var chunks: AsyncStream<ByteBuffer>.Iterator
    private var bytes = ByteBuffer()

    private init(_ channel: any Channel, _ chunks: AsyncStream<ByteBuffer>) {
        (self.channel, self.chunks) = (channel, chunks.makeAsyncIterator())
    }

    /// - Parameter certificate: the file of the server's, for one who comes by TLS.
    static func connect(to port: Int, trusting certificate: String? = nil) async throws -> RawClient {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.minutes(10))
            .channelOption(.socketOption(.so_rcvbuf), value: 1 << 18)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let certificate { try channel.pipeline.syncOperations.addHandler(secured(certificate)) }
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(to: SocketAddress(ipAddress: "127.0.0.1", port: port)).get()
        return RawClient(channel, stream)
    }

    private static func secured(_ certificate: String) throws -> NIOSSLClientHandler {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificate))
        return try NIOSSLClientHandler(context: NIOSSLContext(configuration: tls), serverHostname: "localhost")
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { continuation.yield(unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    func send(_ text: String) async throws { try await send(ByteBuffer(string: text)) }

    func send(_ bytes: [UInt8]) async throws { try await send(ByteBuffer(bytes: bytes)) }

    func send(_ buffer: ByteBuffer) async throws { try await channel.writeAndFlush(buffer) }

    /// As a client has to: masked.
    func send(_ frame: WebSocketFrame) async throws { try await send(frame.encoded(mask: [1, 2, 3, 4])) }

    func say(_ text: String) async throws {
        try await send(WebSocketFrame(opcode: .text, payload: ByteBuffer(string: text)))
    }

    /// Goes without a word.
    func abort() async throws { try await channel.close() }

    /// - Returns: false at the end.
    private func readMore() async -> Bool {
        guard let chunk = await chunks.next() else { return false }
        bytes.discardReadBytes()
        bytes.writeImmutableBuffer(chunk)
        return true
    }

    /// Text up to and with `mark`, or all that comes before the end.
    func read(until mark: String) async -> String {
        while true {
            let text = String(decoding: bytes.readableBytesView, as: UTF8.self)
            if let range = text.firstRange(of: mark) {
                bytes.moveReaderIndex(forwardBy: text[..<range.upperBound].utf8.count)
                return String(text[..<range.upperBound])
            }
            guard await readMore() else {
                bytes.clear()
                return text
            }
        }
    }

    /// The next frame of a server; nil at the end.
    func frame() async throws -> WebSocketFrame? {
        while true {
            var reader = WebSocketFrameReader(isMasked: false)
            reader.append(bytes)
            if let frame = try reader.next(room: 1 << 30) {
                bytes.moveReaderIndex(forwardBy: frame.encoded().readableBytes)
                return frame
            }
            guard await readMore() else { return nil }
        }
    }

    /// The next text message, past pings.
    func text() async throws -> String? {
        while let frame = try await frame() {
            if frame.opcode == .text { return String(buffer: frame.payload) }
            if frame.opcode == .close { return nil }
        }
        return nil
    }

    /// The code of the close frame that comes next or later; nil when the connection ends without one.
    func closeCode() async throws -> Int? {
        while let frame = try await frame() {
            if frame.opcode == .close { return try WebSocketClose(reading: frame.payload).code }
        }
        return nil
    }

    /// - Returns: the head of the answer.
    func get(_ path: String, _ fields: [String] = []) async throws -> String {
        try await send((["GET \(path) HTTP/1.1", "Host: localhost"] + fields).joined(separator: "\r\n") + "\r\n\r\n")
        return await read(until: "\r\n\r\n")
    }

    static let upgrade = [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    /// Opens a WebSocket, which must be let in.
    ///
    /// - Parameter isReading: false for one that reads nothing any more.
    static func webSocket(
        _ path: String, port: Int, _ fields: [String] = [], isReading: Bool = true, trusting certificate: String? = nil
    ) async throws -> RawClient {
        let client = try await connect(to: port, trusting: certificate)
        let head = try await client.get(path, upgrade + fields)
        try #require(head.hasPrefix("HTTP/1.1 101 "), "\(head)")
        if !isReading { try await client.channel.setOption(.autoRead, value: false).get() }
        return client
    }
}
