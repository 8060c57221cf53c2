import Auth
import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// `/api/rooms/{room}`: who is there and what is said, over a WebSocket, or asked for.
struct RoomRoutes: RouteGroup {
    static let chapter = "Rooms"
    let rooms: Rooms
    let sameOrigin: SameOrigin
    let rules: WebSocketRules

    init(rooms: Rooms, sameOrigin: SameOrigin, rules: WebSocketRules) {
        (self.rooms, self.sameOrigin) = (rooms, sameOrigin)
        var rules = rules
        // The longest of both, however many characters are escaped.
        rules.largestMessage = 6 * (Rooms.longestMessage + Rooms.largestState)
        self.rules = rules
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/rooms/{room}", "enterRoom", "A room, over a WebSocket: who is there, and what is said.",
                query: [
                    QueryParameter(
                        "after", .integer(0...Int.max), "The message seen last; those since then are told first.")
                ], answers: [AnswerDescription(.switchingProtocols)], use: enter),
            Route(
                .get, "/api/rooms/{room}/presence", "showRoomPresence", "Who is in a room, and what it shares.",
                use: presence),
            Route(
                .get, "/api/rooms/{room}/messages", "listRoomMessages",
                "What was said in the last 7 days; the newest first.", query: [.limit, .cursor],
                answers: [.page(RoomMessageView.self)], use: messages),
            Route(
                .post, "/api/rooms/{room}/messages", "sayInRoom", "Says something in a room, without being there.",
                status: .created, use: say),
        ]
    }

    @Sendable private func enter(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        if caller.method.isSentByBrowsers { try sameOrigin.checkMayFollow(request) }
        let (room, after) = (try context.room(), try request.number("after").map(Int64.init))
        _ = try WebSocketHandshake(request)
        // Before anything is answered: who may not is told so by a status.
        let visit = try await rooms.enter(room, as: caller, after: after)
        let response = try await Response.webSocket(request, on: context.channel, rules) {
            try await RoomTalk(visit: visit, socket: $0).run()
        }
        context.isStream = true
        return response
    }

    @Sendable private func presence(_ request: Request, context: APIContext) async throws -> RoomPresenceView {
        RoomPresenceView(try await rooms.presence(in: context.room(), for: context.requirePrincipal()))
    }

    @Sendable private func messages(_ request: Request, context: APIContext) async throws -> Response {
        let (room, caller) = (try context.room(), try context.requirePrincipal())
        let list = "messages of \(room.text)"
        let page = try await rooms.messages(
            of: room, for: caller, request.page(of: caller.user, list: list))
        return try context.answer(page.map(RoomMessageView.init), of: caller.user, list: list, to: request)
    }

    @Sendable private func say(
        _ form: RoomMessageForm, _ request: Request, context: APIContext
    ) async throws -> RoomMessageView {
        RoomMessageView(
            try await rooms.say(
                form.text, in: context.room(), as: form.ref, of: context.requirePrincipal(), once: context.ticket))
    }
}

extension APIContext {
    fileprivate func room() throws -> RoomName { try RoomName(parameters.get("room") ?? "") }
}
