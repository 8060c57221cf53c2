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
    /// Of a limit that was met: which it is, and how matters stand.
    let details: LimitDetails?
}

/// A limit of the plan that a request would have gone beyond.
struct LimitDetails: Encodable, Sendable {
    /// As in the plan and the quota of `/api/user`: `uploads`, `storage_bytes`, `upload_bytes`.
    let unit: String
    let limit: Int
    /// With what is held for work under way; nil for a limit on each single thing.
    @ExplicitNull var used: Int?
    /// By this request; nil where it had not said.
    @ExplicitNull var requested: Int?
    /// Nil for what is not counted in time.
    @ExplicitNull var resetsAt: Timestamp?

    init(unit: String, limit: Int, used: Int? = nil, requested: Int? = nil, resetsAt: Timestamp? = nil) {
        (self.unit, self.limit, self.used) = (unit, limit, used)
        (self.requested, self.resetsAt) = (requested, resetsAt)
    }
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

extension APIContext {
    func answer(_ status: HTTPResponse.Status = .ok, _ data: some Encodable & Sendable) throws -> Response {
        try json(status, Envelope(success: true, data: data, meta: meta))
    }

    /// A page of a list.
    func answer(
        _ page: Page<some Described>, of owner: AccountID, list: String, to request: Request
    ) throws -> Response {
        var meta = meta
        meta.nextCursor = .some(page.next?.encoded(for: owner, list: list))
        return try answer(page.items, meta, to: request)
    }

    /// A page of a list that has cursors of its own.
    func answer(_ items: [some Described], next: String?, to request: Request) throws -> Response {
        var meta = meta
        meta.nextCursor = .some(next)
        return try answer(items, meta, to: request)
    }

    func answer(failure: Failure) -> Response {
        let error = EnvelopeError(
            code: failure.code, message: failure.message, field: failure.field, details: failure.details)
        var response =
            (try? json(failure.status, Envelope<Nothing>(success: false, error: error, meta: meta)))
            ?? Response(status: failure.status)
        if let wait = failure.retryAfter { response.headers[.retryAfter] = wait.headerSeconds }
        if failure.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        if failure.status == .upgradeRequired {
            response.headers[.upgrade] = "websocket"
            response.headers[.connection] = "Upgrade"
            response.headers[.secWebSocketVersion] = "13"
        }
        return response
    }

    private func json<Content>(_ status: HTTPResponse.Status, _ envelope: Envelope<Content>) throws -> Response {
        let bytes = try JSONWriter.bytes(of: envelope)
        return Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: bytes))
    }

    var meta: EnvelopeMeta { EnvelopeMeta(requestID: id, timestamp: Timestamp(Date())) }
}

extension EnvelopeMeta {
    static let example = EnvelopeMeta(requestID: .exampleID, timestamp: .example)
}

extension Duration {
    /// Whole seconds, rounded up: for `Retry-After`.
    var headerSeconds: String { String(max(1, components.seconds + 1)) }
}
