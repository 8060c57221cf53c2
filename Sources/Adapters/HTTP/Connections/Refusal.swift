import Foundation
import HTTPTypes
import NIOCore
import Storage

/// Why a request is refused before any route sees it. The connection is closed after the answer.
enum Refusal: Error, Equatable {
    case malformed(String)
    case targetTooLong
    case headTooLarge
    case bodyTooLarge
    case unknownVersion
    case methodRefused
    case expectationRefused
    case tooSlow
    case tooManyConnections
    case overloaded

    var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .targetTooLong: .uriTooLong
        case .headTooLarge: .requestHeaderFieldsTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .unknownVersion: .httpVersionNotSupported
        case .methodRefused: .methodNotAllowed
        case .expectationRefused: .expectationFailed
        case .tooSlow: .requestTimeout
        case .tooManyConnections, .overloaded: .serviceUnavailable
        }
    }

    var code: String {
        switch self {
        case .tooManyConnections, .overloaded: "SERVICE_UNAVAILABLE"
        case .bodyTooLarge: "PAYLOAD_TOO_LARGE"
        default: "VALIDATION_ERROR"
        }
    }

    var retryAfter: Duration? {
        switch self {
        case .tooManyConnections: .seconds(10)
        case .overloaded: .seconds(2)
        default: nil
        }
    }

    var message: String {
        switch self {
        case .malformed(let problem): problem
        case .targetTooLong:
            "the path and query are longer than \(HeadLimits.target) bytes: send long values in the body"
        case .headTooLarge:
            "the request has more than \(HeadLimits.count) header fields, or more than \(HeadLimits.list >> 10) KiB of them"
        case .bodyTooLarge: "the body is larger than this server takes: send large files in parts, by /api/uploads"
        case .unknownVersion: "speak HTTP/1.1, or HTTP/2 where the server is reached by TLS"
        case .methodRefused: "this method is not taken: use one of \(RequestTarget.methods)"
        case .expectationRefused: "'Expect' may only be '100-continue'"
        case .tooSlow:
            "the request came in too slowly: try again on a better line, large files in parts, by /api/uploads"
        case .tooManyConnections:
            "there are too many connections, of all or of your address: close some, or try again after a while"
        case .overloaded: "the server has more to do than it can: try again after a while"
        }
    }
}

/// A refusal as it is sent, outside of any route.
struct RefusalAnswer {
    let head: HTTPResponse
    let body: ByteBuffer

    init(_ refusal: Refusal) {
        let id = UUID().uuidString.lowercased()
        let envelope = Envelope<Nothing>(
            success: false,
            error: EnvelopeError(code: refusal.code, message: refusal.message, field: nil, details: nil),
            meta: EnvelopeMeta(requestID: id, timestamp: Timestamp(Date())))
        body = (try? JSONWriter.bytes(of: envelope)) ?? ByteBuffer()
        var head = HTTPResponse(status: refusal.status)
        head.headerFields[.contentType] = "application/json; charset=utf-8"
        head.headerFields[.contentLength] = String(body.readableBytes)
        head.headerFields[.cacheControl] = "no-store"
        head.headerFields[.xContentTypeOptions] = "nosniff"
        head.headerFields[.requestID] = id
        if let wait = refusal.retryAfter { head.headerFields[.retryAfter] = wait.headerSeconds }
        if refusal == .methodRefused { head.headerFields[.allow] = RequestTarget.methods }
        self.head = head
    }

    /// As an HTTP/1.1 message that ends its connection.
    ///
    /// - Parameter withBody: not after a HEAD request.
    func message(withBody: Bool) -> ByteBuffer {
        var text = "HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\nConnection: close\r\n"
        for field in head.headerFields { text += "\(field.name.rawName): \(field.value)\r\n" }
        var message = ByteBuffer(string: text + "\r\n")
        if withBody { message.writeImmutableBuffer(body) }
        return message
    }
}
