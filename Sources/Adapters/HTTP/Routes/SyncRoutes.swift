import Auth
import Foundation
import HTTPTypes
import Hummingbird
import Storage
import StrictJSON
import WaxwingService

/// `/api/sync`: what an account's devices keep in step.
struct SyncRoutes: RouteGroup {
    static let chapter = "Sync"
    /// Of a request's changes, bytes: as long as bodies of requests with a key may be.
    private static let longestBody = 1 << 20
    let sync: Sync
    let sameOrigin: SameOrigin
    let rules: WebSocketRules

    var routes: [Route] {
        [
            Route(
                .get, "/api/sync", "pullChanges",
                "What has changed since a number, each thing once and as it is now, in order.",
                query: [
                    QueryParameter("since", .integer(0...Int.max), "`seq` of the last pull; 0 for all there is."),
                    .limit, .cursor,
                ], answers: [.paged(SyncPageView.self)], use: pull),
            Route(
                .post, "/api/sync", "pushChanges",
                "Makes up to \(Sync.mostChanges) changes, of the device that `X-Device-ID` names; the last one wins unless it asked for a version.",
                body: .json(SyncForm.self), use: { try await push($0, $1, atMost: Sync.mostChanges) }
            ).with([.device]),
            Route(
                .post, "/api/sync/batch", "pushManyChanges",
                "The same with up to \(Sync.mostInBatch) changes, for a first upload or a device that was long away.",
                body: .json(SyncForm.self), use: { try await push($0, $1, atMost: Sync.mostInBatch) }
            ).with([.device]),
            Route(.get, "/api/sync/status", "showSyncStatus", "How much is kept, and how much may be.", use: status),
            Route(
                .get, "/api/sync/socket", "followChanges",
                "What other devices change, as it happens, over a WebSocket.",
                query: [
                    QueryParameter("device", .string(), "As the header `X-Device-ID`, for clients that send none.")
                ],
                answers: [AnswerDescription(.switchingProtocols)], use: follow
            ).with([.device]),
        ]
    }

    @Sendable private func pull(_ request: Request, context: APIContext) async throws -> Response {
        let since = try request.number("since") ?? 0
        guard since >= 0 else {
            throw InvalidRequest(field: "since", message: "'since' is the 'seq' of a pull, or 0")
        }
        let page = try await sync.pull(
            since: Int64(since), limit: request.pageLimit(), after: request.parameter("cursor"),
            of: context.requirePrincipal())
        var meta = context.meta
        meta.nextCursor = .some(page.next)
        return try context.answer(SyncPageView(page), meta, to: request)
    }

    @Sendable private func push(
        _ request: Request, _ context: APIContext, atMost most: Int
    ) async throws -> SyncResultsView {
        let caller = try context.requirePrincipal()
        let device = try request.device()
        let form: SyncForm = try await request.json(upTo: Self.longestBody, keys: .useDefaultKeys)
        let changes = try form.changes.enumerated().map { try $1.change(at: $0) }
        return SyncResultsView(
            try await sync.push(changes, atMost: most, from: device, of: caller, once: context.ticket))
    }

    @Sendable private func status(_ request: Request, context: APIContext) async throws -> SyncStatusView {
        SyncStatusView(try await sync.status(of: context.requirePrincipal()))
    }

    @Sendable private func follow(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        if caller.method.isSentByBrowsers { try sameOrigin.checkMayFollow(request) }
        _ = try WebSocketHandshake(request)
        let feed = try sync.feed(for: caller, device: request.device(orParameter: "device"))
        let response = try await Response.webSocket(request, on: context.channel, rules) {
            try await SyncTalk(feed: feed, socket: $0).run()
        }
        context.isStream = true
        return response
    }
}

extension HeaderParameter {
    fileprivate static let device = HeaderParameter(
        name: .deviceID, schema: .string(),
        meaning: "The device that asks, 1 to 64 visible ASCII characters: it is not told of what it did itself.")
}

extension Request {
    /// - Parameter name: of a parameter, for browsers, whose sockets send no headers of a page's own.
    fileprivate func device(orParameter name: String? = nil) throws -> SyncDevice? {
        try (headers[.deviceID] ?? name.flatMap { try parameter($0) }).map {
            text throws(ServiceError) in try SyncDevice(text)
        }
    }
}

extension AnswerDescription {
    /// Part of what there is, with a cursor to go on by.
    fileprivate static func paged<View: Described>(_ type: View.Type) -> AnswerDescription {
        AnswerDescription(
            .ok,
            MediaDescription(
                "application/json",
                example: {
                    var meta = EnvelopeMeta.example
                    meta.nextCursor = .some(nil)
                    return try JSONValue(encoding: Envelope(success: true, data: View.example, meta: meta))
                }
            ) {
                .envelope(try SchemaEncoder.schema(View.example, $0), meta: "PageMeta")
            })
    }
}
