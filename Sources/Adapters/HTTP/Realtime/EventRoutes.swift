import Auth
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import WaxwingService

/// `/api/events`: what happens to the account's things, as server-sent events or over a WebSocket.
struct EventRoutes: RouteGroup {
    static let chapter = "Events"
    let events: Events
    let sameOrigin: SameOrigin
    let rules: WebSocketRules

    var routes: [Route] {
        [
            Route(
                .get, "/api/events", "followEvents",
                "What happens to the account's things, as it happens: server-sent events, or over a WebSocket.",
                query: [
                    QueryParameter("after", .integer(0...Int.max), "The event seen last; events since then come first.")
                ],
                answers: [
                    AnswerDescription(.ok, .text("text/event-stream")), AnswerDescription(.switchingProtocols),
                ],
                use: follow)
        ]
    }

    @Sendable private func follow(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        if caller.method.isSentByBrowsers { try sameOrigin.checkMayFollow(request) }
        let after = try request.lastEvent()
        // Before anything is answered: who may not is told so by a status.
        let feed = try events.feed(for: caller, after: after)
        let response =
            request.offersWebSocket
            ? try await Response.webSocket(request, on: context.channel, rules) { try await Self.speak(feed, $0) }
            : stream(feed, context)
        context.isStream = true
        return response
    }

    private func stream(_ feed: AccountFeed, _ context: APIContext) -> Response {
        let body = ResponseBody { writer in
            try await ConnectionEnd.watch(context.channel, gone: { feed.close() }) {
                try await writer.write(ByteBuffer(string: ServerSentEvent.retry(.seconds(2))))
                do {
                    try await feed.untilShutdown { items in
                        let text = items.map { ServerSentEvent($0).encoded }.joined()
                        try await writer.write(ByteBuffer(string: items.isEmpty ? ServerSentEvent.heartbeat : text))
                    }
                } catch ServiceError.unauthorized {
                    // The client learns why when it connects again.
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
                // For nginx, which would keep events back until there are many.
                .named("X-Accel-Buffering"): "no",
            ], body: body)
    }
}

extension EventRoutes {
    /// Tells what happens, and answers `{"type":"ping"}` with `{"type":"pong"}`; other messages are for later versions.
    private static func speak(_ feed: AccountFeed, _ socket: WebSocket) async throws {
        try await socket.converse { message in
            if message.isPing { try await socket.say("pong") }
        } tell: {
            for try await items in feed {
                for item in items { try await socket.send(item.message) }
            }
        } close: {
            feed.close()
        }
    }
}

extension AccountFeed {
    /// Does `tell` with each batch, until the server stops.
    fileprivate func untilShutdown(_ tell: ([Item]) async throws -> Void) async throws {
        try await withGracefulShutdownHandler {
            for try await items in self { try await tell(items) }
        } onGracefulShutdown: {
            close()
        }
    }
}

extension AccountFeed.Item {
    /// As a socket tells it.
    fileprivate var message: String { #"{"id":\#(number),"type":"\#(kind)","data":\#(payload)}"# }
}

extension ServerSentEvent {
    fileprivate init(_ item: AccountFeed.Item) {
        self.init(id: item.number, name: item.kind, data: item.payload)
    }
}

extension WebSocketMessage {
    private struct Said: Decodable {
        let type: String
    }

    fileprivate var isPing: Bool {
        guard case .text(let text) = self else { return false }
        return (try? JSONDecoder().decode(Said.self, from: Data(text.utf8)))?.type == "ping"
    }
}

extension Request {
    /// The event that the client has seen last: of the header, which browsers send when they connect again, or of the query.
    fileprivate func lastEvent() throws -> Int64? {
        // An empty one is none.
        let header = headers[.lastEventID].flatMap { $0.isEmpty ? nil : $0 }
        guard let text = header ?? uri.queryParameters["after"].map(String.init), !text.isEmpty else { return nil }
        guard let number = Int64(text), number >= 0 else {
            let field = header == nil ? "after" : "Last-Event-ID"
            throw InvalidRequest(field: field, message: "'\(field)' must be the 'id' of an event")
        }
        return number
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = named("Last-Event-ID")
}
