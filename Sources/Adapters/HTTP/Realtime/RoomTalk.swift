import Storage
import WaxwingService

/// What is said over a socket in a room: see `Docs/Rooms.md`.
struct RoomTalk: Sendable {
    let visit: RoomVisit
    let socket: WebSocket

    func run() async throws {
        do {
            try await socket.converse(hear: hear) {
                for try await batch in visit.feed {
                    for news in batch { try await tell(news) }
                }
            } close: {
                visit.close()
            }
        } catch {
            await visit.leave()
            switch error {
            case ServiceError.rateLimited(_, let reason): throw WebSocketClose(1013, reason)
            case ServiceError.notFound: throw WebSocketClose.refused("the room is gone: enter it again")
            default: throw error
            }
        }
        await visit.leave()
    }

    private struct Said: Decodable {
        let type: String
        let text: String?
        let ref: String?
        let state: CanonicalJSON?
    }

    @Sendable private func hear(_ message: WebSocketMessage) async throws {
        var ref: String?
        do {
            let said = try message.read(as: Said.self)
            ref = said.ref
            switch said.type {
            case "message": try await visit.say(said.text ?? "", as: said.ref)
            case "typing": try await visit.type()
            case "state":
                guard let state = said.state else {
                    throw ServiceError.invalid(field: "state", "'state' is missing: an object, which may be empty")
                }
                try await visit.share(state)
            case "ping": try await socket.say("pong")
            default: throw ServiceError.invalid(field: "type", "say message, typing, state or ping here")
            }
        } catch {
            guard let problem = SocketProblem(error, of: ref) else { throw error }
            try await socket.say("error", problem)
        }
    }

    private struct Welcome: Encodable {
        let room: String
        let number: Int64
        let reset: Bool
        let people: [RoomPersonView]
        let state: RoomStateView
        let messages: [RoomMessageView]
    }

    private struct Typing: Encodable {
        let user: String
        @ExplicitNull var name: String?
        let until: Timestamp
    }

    private func tell(_ news: RoomNews) async throws {
        switch news {
        case .welcome(let room):
            try await socket.say(
                "welcome",
                Welcome(
                    room: visit.name.text, number: room.number, reset: room.isReset,
                    people: room.people.map(RoomPersonView.init), state: RoomStateView(room.state),
                    messages: room.messages.map(RoomMessageView.init)))
        case .message(let message): try await socket.say("message", RoomMessageView(message))
        case .joined(let person): try await socket.say("joined", RoomPersonView(person))
        case .left(let person): try await socket.say("left", RoomPersonView(person))
        case .typing(let person):
            guard let until = person.typingUntil else { return }
            try await socket.say(
                "typing",
                Typing(user: person.user.text, name: ExplicitNull(wrappedValue: person.name), until: until))
        case .state(let state): try await socket.say("state", RoomStateView(state))
        }
    }
}
