import Foundation
import NIOCore
import ServiceLifecycle
import StrictJSON
import WaxwingService

/// Something said over a socket: what it is, and what belongs to it.
struct SocketEvent<Content: Encodable & Sendable>: Encodable, Sendable {
    let type: String
    let data: Content
}

/// Why something said over a socket was not done.
struct SocketProblem: Encodable, Sendable {
    let code: String
    let message: String
    @ExplicitNull var field: String?
    /// Seconds until it may be said again.
    @ExplicitNull var retryAfter: Int?
    /// The client's own name for what it said.
    @ExplicitNull var ref: String?

    /// Nil for what is a fault of the service.
    init?(_ error: any Error, of ref: String?) {
        guard let failure = Failure(error) else { return nil }
        (code, message, field, self.ref) = (failure.code, failure.message, failure.field, ref)
        retryAfter = failure.retryAfter.map { Int(clamping: max(1, $0.components.seconds + 1)) }
    }
}

extension WebSocket {
    func say(_ type: String, _ data: some Encodable & Sendable) async throws {
        try await send(String(buffer: JSONWriter.bytes(of: SocketEvent(type: type, data: data))))
    }

    func say(_ type: String) async throws {
        try await send(#"{"type":"\#(type)"}"#)
    }

    /// Listens and tells at once, until one of the two ends or the server stops.
    func converse(
        hear: @escaping @Sendable (WebSocketMessage) async throws -> Void,
        tell: @escaping @Sendable () async throws -> Void, close: @escaping @Sendable () -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await message in messages { try await hear(message) }
            }
            group.addTask {
                try await withGracefulShutdownHandler(operation: tell, onGracefulShutdown: close)
                throw WebSocketClose.goingAway
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

extension WebSocketMessage {
    /// What a client says in JSON, held to the rules of bodies.
    func read<Value: Decodable>(as type: Value.Type) throws -> Value {
        guard case .text(let text) = self else {
            throw ServiceError.invalid(field: nil, "messages here are text: send JSON")
        }
        _ = try JSONGuard.check(Array(text.utf8))
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch is DecodingError {
            throw ServiceError.invalid(field: nil, "the message has a member of a wrong type, or lacks its 'type'")
        }
    }
}
