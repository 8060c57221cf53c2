import Auth
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Storage
import WaxwingService

/// A context that knows its connection.
public protocol SocketContext: RequestContext {
    var channel: any Channel { get }
}

extension RouterMethods where Context: SocketContext {
    /// A path that is a WebSocket; other requests for it are told so (426). Authentication, limits and the log apply to the
    /// request as to any other.
    ///
    /// - Parameter handle: what is done with an open socket; when it returns, the socket is closed.
    @discardableResult
    public func webSocket(
        _ path: RouterPath = "", rules: WebSocketRules = WebSocketRules(),
        _ handle: @escaping @Sendable (WebSocket, Request, Context) async throws -> Void
    ) -> Self {
        get(path) { request, context in
            try await Response.webSocket(request, on: context.channel, rules) { try await handle($0, request, context) }
        }
    }
}

extension Response {
    /// Goes on as a WebSocket.
    ///
    /// - Throws: ``WebSocketRefusal``.
    static func webSocket(
        _ request: Request, on channel: any Channel, _ rules: WebSocketRules,
        _ handle: @escaping @Sendable (WebSocket) async throws -> Void
    ) async throws -> Response {
        let handshake = try WebSocketHandshake(request)
        let socket = try await open(on: channel, rules)
        return Response(
            status: .switchingProtocols, headers: handshake.headers,
            body: ResponseBody { writer in
                var close = WebSocketClose.normal
                do {
                    try await handle(socket)
                } catch {
                    close = WebSocketClose(for: error)
                }
                _ = try? await socket.close(close)
                try? await writer.finish(nil)
            })
    }

    private static func open(on channel: any Channel, _ rules: WebSocketRules) async throws -> WebSocket {
        try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            // Of HTTP/1 the first to read and the last to write: only the connection's guard, which lets go of it at a 101, and
            // TLS stand before it.
            guard let http = try? pipeline.context(handlerType: HTTPResponseEncoder.self) else {
                throw WebSocketRefusal.otherTransport
            }
            let ended = channel.eventLoop.makePromise(of: WebSocketClose.self)
            let demand = DemandBox()
            let made = WebSocketHandler.Producer.makeSequence(
                elementType: WebSocketMessage.self, backPressureStrategy: .init(lowWatermark: 4, highWatermark: 16),
                finishOnDeinit: true,
                delegate: WebSocketHandler.Demand { [loop = channel.eventLoop] in
                    loop.execute { demand.handler?.resume() }
                })
            let handler = WebSocketHandler(rules, made.source, ended: ended)
            demand.handler = handler
            try pipeline.addHandler(handler, position: .before(http.handler))
            return WebSocket(
                messages: WebSocketMessages(source: made.sequence), channel: channel,
                handler: NIOLoopBound(handler, eventLoop: channel.eventLoop), ended: ended.futureResult)
        }.get()
    }
}

/// Touched on the event loop alone.
private final class DemandBox: @unchecked Sendable {
    weak var handler: WebSocketHandler?
}

extension WebSocketClose {
    fileprivate init(for error: any Error) {
        switch error {
        case let close as WebSocketClose: self = close
        case ServiceError.unauthorized(let reason), ServiceError.forbidden(let reason): self = .refused(reason)
        case is CancellationError: self = .goingAway
        default: self = .failed
        }
    }
}
