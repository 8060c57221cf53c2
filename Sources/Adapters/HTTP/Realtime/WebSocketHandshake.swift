import Crypto
import Foundation
import HTTPTypes
import Hummingbird

/// What a client asks for that wants to go on as a WebSocket (RFC 6455 §4.2.1).
struct WebSocketHandshake: Equatable {
    /// Of `Sec-WebSocket-Accept`.
    let accept: String

    /// - Throws: ``WebSocketRefusal``.
    init(_ request: Request) throws(WebSocketRefusal) {
        guard request.offersWebSocket else { throw .notOffered }
        guard request.method == .get else { throw .malformed("a WebSocket is opened by GET") }
        guard request.headers[.secWebSocketVersion]?.trimmed == "13" else { throw .version }
        guard request.hasNoBody else { throw .malformed("the request of a WebSocket has no body") }
        let keys = request.headers[values: .secWebSocketKey]
        guard keys.count == 1, let key = keys.first?.trimmed, Data(base64Encoded: key)?.count == 16 else {
            throw .malformed("'Sec-WebSocket-Key' must be 16 bytes in base64")
        }
        accept = Self.accept(key)
    }

    static func accept(_ key: String) -> String {
        Data(Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))).base64EncodedString()
    }

    var headers: HTTPFields { [.upgrade: "websocket", .connection: "Upgrade", .secWebSocketAccept: accept] }
}

/// Why a request does not become a WebSocket.
enum WebSocketRefusal: Error, Equatable {
    case notOffered
    case version
    /// As over HTTP/2.
    case otherTransport
    case malformed(String)
}

extension WebSocketRefusal: CustomStringConvertible {
    var description: String {
        switch self {
        case .notOffered: "this is for WebSockets: open it with a WebSocket client, which sends 'Upgrade: websocket'"
        case .version: "WebSockets of version 13 are spoken here: send 'Sec-WebSocket-Version: 13'"
        case .otherTransport: "WebSockets are opened over HTTP/1.1 here: connect by that"
        case .malformed(let reason): reason
        }
    }
}

extension Request {
    /// Whether the client wants to go on as a WebSocket.
    var offersWebSocket: Bool {
        headers[values: .upgrade].hasToken("websocket") && headers[values: .connection].hasToken("upgrade")
    }
}

extension [String] {
    /// Whether one of these lists names `token`, however it is spelt.
    fileprivate func hasToken(_ token: String) -> Bool {
        contains { $0.split(separator: ",").contains { String($0).trimmed.lowercased() == token } }
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
