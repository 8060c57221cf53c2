import Storage
import WaxwingService

struct RoomMessageView: Described {
    let number: Int64
    /// Null where the account is deleted.
    @ExplicitNull var user: String?
    @ExplicitNull var name: String?
    let text: String
    @ExplicitNull var ref: String?
    let sentAt: Timestamp

    init(_ message: RoomMessage) {
        (number, user, name) = (message.number, message.author?.text, message.name)
        (text, ref, sentAt) = (message.text, message.ref, message.sentAt)
    }

    private init(example: Void) {
        (number, user, name, text) = (1_795_284_000_007, .exampleID, "Ada", "Who has the kick?")
        (ref, sentAt) = (.exampleID, .example)
    }

    static let example = RoomMessageView(example: ())
}

struct RoomPersonView: Described {
    let user: String
    @ExplicitNull var name: String?
    let since: Timestamp
    let connections: Int

    init(_ person: RoomPerson) {
        (user, name, since, connections) = (person.user.text, person.name, person.since, person.connections)
    }

    private init(example: Void) {
        (user, name, since, connections) = (.exampleID, "Ada", .example, 1)
    }

    static let example = RoomPersonView(example: ())
}

/// What a room shares.
struct RoomStateView: Described {
    let data: RawJSON
    /// 0 where nothing was set.
    let version: Int64
    @ExplicitNull var user: String?

    init(_ state: RoomState) {
        (data, version, user) = (RawJSON(text: state.data.text), state.version, state.user?.text)
    }

    private init(example: Void) {
        (data, version, user) = (RawJSON(text: "{}"), 4, .exampleID)
    }

    static let example = RoomStateView(example: ())
}

struct RoomPresenceView: Described {
    /// Of the newest message.
    let number: Int64
    let people: [RoomPersonView]
    let state: RoomStateView

    init(_ presence: RoomPresence) {
        (number, people) = (presence.number, presence.people.map(RoomPersonView.init))
        state = RoomStateView(presence.state)
    }

    private init(example: Void) {
        (number, people, state) = (1_795_284_000_007, [.example], .example)
    }

    static let example = RoomPresenceView(example: ())
}

struct RoomMessageForm: DescribedBody {
    let text: String
    let ref: String?

    static let example = RoomMessageForm(text: "Who has the kick?", ref: .exampleID)
}
