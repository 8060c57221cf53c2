import Auth
import Storage

@testable import WaxwingService

/// Reads what is told in a room item by item.
struct RoomListener {
    let visit: RoomVisit
    private var feed: RoomFeed.Iterator
    private var news: [RoomNews] = []

    init(_ visit: RoomVisit) {
        self.visit = visit
        feed = visit.feed.makeAsyncIterator()
    }

    /// The next thing that is told; nil at the end.
    mutating func next() async throws -> RoomNews? {
        while news.isEmpty {
            guard let batch = try await feed.next() else { return nil }
            news = batch
        }
        return news.removeFirst()
    }

    mutating func welcome() async throws -> RoomWelcome {
        guard case .welcome(let welcome)? = try await next() else { throw Disconnected() }
        return welcome
    }

    /// The next message, past all else.
    mutating func message() async throws -> RoomMessage {
        while let next = try await next() { if case .message(let message) = next { return message } }
        throw Disconnected()
    }

    /// The first that `find` takes, past all else.
    mutating func first<Value>(_ find: (RoomNews) -> Value?) async throws -> Value {
        while let next = try await next() { if let found = find(next) { return found } }
        throw Disconnected()
    }
}

extension RoomNews {
    var left: RoomPerson? { if case .left(let person) = self { person } else { nil } }
    var joined: RoomPerson? { if case .joined(let person) = self { person } else { nil } }
    var typing: RoomPerson? { if case .typing(let person) = self { person } else { nil } }
    var state: RoomState? { if case .state(let state) = self { state } else { nil } }
}

/// One room of each name for everybody, but for those who are shut out.
struct SharedRooms: RoomRules {
    let isOpen: @Sendable (Principal) -> Bool

    init(_ isOpen: @escaping @Sendable (Principal) -> Bool = { _ in true }) {
        self.isOpen = isOpen
    }

    func pass(for caller: Principal, to room: RoomName) -> RoomPass? {
        isOpen(caller) ? RoomPass(namespace: "lounge") : nil
    }
}
