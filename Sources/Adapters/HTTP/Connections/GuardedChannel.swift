import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import NIOTLS

/// How the server speaks on a connection: HTTP/1.1, behind TLS also HTTP/2, always under the ``ConnectionLimits``.
struct GuardedChannel: ServerChildChannel {
    enum Connection: Sendable {
        case http1(HTTP1Channel.Value)
        case http2(HTTP2Channel.Value)
    }

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        /// Known when the client has said, in the TLS handshake, which it speaks.
        let connection: EventLoopFuture<Connection>
    }

    private let limits: ConnectionLimits
    private let table: ConnectionTable
    private let certificate: ServerCertificate?
    private let refusals: RefusalLog
    private let http1: HTTP1Channel
    private let http2: HTTP2Channel

    /// - Parameter handlers: behind the limits, on each HTTP/1 connection.
    init(
        _ limits: ConnectionLimits, _ table: ConnectionTable, _ certificate: ServerCertificate?, _ refusals: RefusalLog,
        handlers: @escaping @Sendable () -> [any RemovableChannelHandler] = { [] },
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        (self.limits, self.table, self.certificate, self.refusals) = (limits, table, certificate, refusals)
        http1 = HTTP1Channel(
            responder: responder,
            configuration: .init(
                additionalChannelHandlers: [RequestGuard(limits)] + handlers(),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: HeadLimits.field, maxHeaderListSize: HeadLimits.list,
                    maxHeaderFieldCount: HeadLimits.count)))
        // Streams at once, header lists, resets and floods of control frames are limited by swift-nio-http2 itself: 100 streams, 16 KiB.
        http2 = HTTP2Channel(
            responder: responder,
            configuration: .init(
                idleTimeout: limits.idle * 3 / 4, gracefulCloseTimeout: limits.linger,
                streamConfiguration: .init(additionalChannelHandlers: [RequestGuard(limits)])))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let address = channel.remoteAddress?.parsedAddress
        let seat = table.seat(for: address)
        channel.closeFuture.whenComplete { _ in table.leave(seat) }
        do {
            try UnsentBytes.limit(on: channel)
            let operations = channel.pipeline.syncOperations
            if let certificate { try operations.addHandler(NIOSSLServerHandler(context: certificate.context)) }
            try operations.addHandler(ConnectionGuard(limits, seat.admission, refusals, from: address))
            let connection =
                certificate == nil ? setUpHTTP1(channel, logger) : try setUpNegotiated(channel, logger)
            return channel.eventLoop.makeSucceededFuture(Value(channel: channel, connection: connection))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    private func setUpNegotiated(_ channel: any Channel, _ logger: Logger) throws -> EventLoopFuture<Connection> {
        let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Connection> { result, channel in
            switch result {
            case .negotiated("h2"): setUpHTTP2(channel, logger)
            case .negotiated, .fallback: setUpHTTP1(channel, logger)
            }
        }
        try channel.pipeline.syncOperations.addHandler(negotiation)
        return negotiation.protocolNegotiationResult
    }

    private func setUpHTTP1(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<Connection> {
        http1.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let operations = channel.pipeline.syncOperations
            let decoder = try operations.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            // One request at a time: the answer to one, or its refusal, never comes between those of others.
            try operations.addHandlers(
                [HTTPServerPipelineHandler(), WireGuard()], position: .after(decoder))
            return .http1(value)
        }
    }

    private func setUpHTTP2(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).isMultiplexed = true
        }.flatMap {
            http2.setup(channel: channel, logger: logger)
        }.flatMapThrowing { value in
            let operations = channel.pipeline.syncOperations
            let errors = FrameErrors(of: try operations.handler(type: ConnectionGuard.self))
            try operations.addHandler(errors, position: .after(operations.handler(type: NIOHTTP2Handler.self)))
            return .http2(value)
        }
    }

    func handle(value: Value, logger: Logger) async {
        // Where its bytes arrive and leave: a request goes from thread to thread only for what blocks.
        await withTaskExecutorPreference(EventLoopExecutor(loop: value.channel.eventLoop)) {
            await talk(value, logger)
        }
    }

    private func talk(_ value: Value, _ logger: Logger) async {
        do {
            switch try await value.connection.get() {
            case .http1(let connection): await http1.handle(value: connection, logger: logger)
            case .http2(let connection): await http2.handle(value: connection, logger: logger)
            }
        } catch {
            logger.debug("a connection ended before it was known what it speaks", metadata: ["error": "\(error)"])
        }
    }
}

extension HTTPServerBuilder {
    /// HTTP under limits, with a certificate over TLS.
    ///
    /// - Parameter handlers: behind the limits, on each HTTP/1 connection.
    static func guarded(
        _ limits: ConnectionLimits, _ table: ConnectionTable, _ certificate: ServerCertificate?, _ refusals: RefusalLog,
        handlers: @escaping @Sendable () -> [any RemovableChannelHandler] = { [] }
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            GuardedChannel(limits, table, certificate, refusals, handlers: handlers, responder: responder)
        }
    }
}

/// How much of an answer the system takes before any of it was sent.
private enum UnsentBytes {
    /// Without a limit it takes megabytes at once, and it could not be seen for minutes whether a client reads.
    static func limit(on channel: any Channel) throws {
        #if os(Linux)
        let option = NIOBSDSocket.Option(rawValue: 25)
        #else
        let option = NIOBSDSocket.Option(rawValue: 0x201)
        #endif
        // TCP_NOTSENT_LOWAT, which the headers of few systems name. Other sockets than TCP's have none.
        try? channel.syncOptions?.setOption(
            ChannelOptions.Types.SocketOption(level: .tcp, name: option), value: 64 << 10)
    }
}
