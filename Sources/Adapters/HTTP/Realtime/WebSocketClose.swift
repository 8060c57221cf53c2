import NIOCore

/// Why a WebSocket ends: a code of RFC 6455 §7.4.1 with a few words.
public struct WebSocketClose: Error, Equatable, Sendable {
    public let code: Int
    /// At most 123 bytes.
    public let reason: String

    public init(_ code: Int, _ reason: String = "") {
        precondition((1000...4999).contains(code), "a close code is 1000 to 4999")
        (self.code, self.reason) = (code, Self.shortened(reason))
    }

    /// Nothing is left to be said.
    public static let normal = WebSocketClose(1000)
    public static let idle = WebSocketClose(1000, "nothing was said for long: open it again when there is")
    /// The server stops, or the page is left.
    public static let goingAway = WebSocketClose(1001, "the server stops: open it again in a moment")
    static let unanswered = WebSocketClose(1001, "a ping was not answered")
    static func broken(_ reason: String) -> WebSocketClose { WebSocketClose(1002, reason) }
    /// The end came without a close frame that said why; never sent.
    static let unsaid = WebSocketClose(1005)
    static let lost = WebSocketClose(1006)
    static let notText = WebSocketClose(1007, "text is UTF-8")
    public static func refused(_ reason: String) -> WebSocketClose { WebSocketClose(1008, reason) }
    public static let tooBig = WebSocketClose(1009, "the message is too large")
    public static let failed = WebSocketClose(1011, "something went wrong here: try again")

    /// What a peer says; an empty payload says nothing.
    init(reading payload: ByteBuffer) throws(WebSocketClose) {
        guard payload.readableBytes > 0 else {
            self = .unsaid
            return
        }
        guard let code = payload.getInteger(at: payload.readerIndex, as: UInt16.self), Self.maySay(code) else {
            throw .broken("no such close code")
        }
        guard let reason = String(validating: payload.readableBytesView.dropFirst(2), as: UTF8.self) else {
            throw .notText
        }
        (self.code, self.reason) = (Int(code), reason)
    }

    var frame: WebSocketFrame {
        var payload = ByteBuffer()
        if Self.maySay(UInt16(clamping: code)) {
            payload.writeInteger(UInt16(clamping: code))
            payload.writeString(reason)
        }
        return WebSocketFrame(opcode: .close, payload: payload)
    }

    /// Codes that are registered, or for applications: 1004 to 1006 and 1015 are never on the wire.
    private static func maySay(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    private static func shortened(_ reason: String) -> String {
        var reason = reason
        while reason.utf8.count > WebSocketFrame.longestControl - 2 { reason.removeLast() }
        return reason
    }
}
