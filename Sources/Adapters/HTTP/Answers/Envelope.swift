import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// The one shape of every JSON answer.
struct Envelope<Content: Encodable & Sendable>: Encodable, Sendable {
    var success: Bool
    var data: Content?
    var error: EnvelopeError?
    var meta: EnvelopeMeta
}

struct EnvelopeError: Encodable, Sendable {
    let code: String
    let message: String
    let field: String?
}

struct EnvelopeMeta: Encodable, Sendable {
    let requestID: String
    let timestamp: Timestamp
    /// Only lists have pages: nil leaves the key out, `.some(nil)` is the last page.
    var nextCursor: String??

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(requestID, forKey: .requestID)
        try container.encode(timestamp, forKey: .timestamp)
        try container.encode("v1", forKey: .version)
        if let nextCursor { try container.encode(nextCursor, forKey: .nextCursor) }
    }

    private enum CodingKeys: String, CodingKey {
        case requestID = "request_id"
        case timestamp, version
        case nextCursor = "next_cursor"
    }
}

/// For envelopes without data.
struct Nothing: Encodable, Sendable {}

extension APIContext {
    func answer(_ status: HTTPResponse.Status = .ok, _ data: some Encodable & Sendable) throws -> Response {
        try json(status, Envelope(success: true, data: data, meta: meta))
    }

    /// A page of a list.
    func answer<Item: Sendable, View: Encodable & Sendable>(
        _ page: Page<Item>, of owner: AccountID, list: String, _ view: (Item) -> View
    ) throws -> Response {
        var meta = meta
        meta.nextCursor = .some(page.next?.encoded(for: owner, list: list))
        return try json(.ok, Envelope(success: true, data: page.items.map(view), meta: meta))
    }

    func answer(failure: Failure) -> Response {
        let error = EnvelopeError(code: failure.code, message: failure.message, field: failure.field)
        var response =
            (try? json(failure.status, Envelope<Nothing>(success: false, error: error, meta: meta)))
            ?? Response(status: failure.status)
        if let wait = failure.retryAfter { response.headers[.retryAfter] = wait.headerSeconds }
        if failure.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    private func json<Content>(_ status: HTTPResponse.Status, _ envelope: Envelope<Content>) throws -> Response {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = ByteBuffer(bytes: try encoder.encode(envelope))
        return Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: bytes))
    }

    private var meta: EnvelopeMeta { EnvelopeMeta(requestID: id, timestamp: Timestamp(Date())) }
}

extension Duration {
    /// Whole seconds, rounded up: for `Retry-After`.
    var headerSeconds: String { String(max(1, components.seconds + 1)) }
}
