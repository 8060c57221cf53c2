import Auth
import Storage

/// Named rooms in which people and their devices meet: who is there, what is said, and a little that they share.
///
/// Who may enter is said by the app (``RoomRules``). Servers on one database have the same rooms.
public struct Rooms: Sendable {
    /// Connections of an account in rooms at once.
    public static let mostVisits = 10
    /// Connections in one room at once: each hears what the others say.
    public static let mostInRoom = 100
    /// Rooms of a namespace.
    public static let mostRooms = 1_000
    /// Of one message, bytes of UTF-8.
    public static let longestMessage = 4 << 10
    /// Of what a room shares, bytes of canonical JSON.
    public static let largestState = 8 << 10
    /// Messages that are told to who comes in.
    public static let recent = 100
    /// How far somebody may be behind what is said before they are let go.
    public static let mostBehind: Int64 = 1_000
    /// What an account may say: so much at once, and one a second in the long run.
    public static let pace = RateLimit(60, per: .seconds(60), .tokenBucket(burst: 20))
    /// How long messages are kept.
    public static let memory = Duration.seconds(7 * 86_400)
    /// How long a room that nobody uses keeps its name and what it shares.
    public static let roomMemory = Duration.seconds(30 * 86_400)
    /// How long somebody is seen typing who said so once.
    public static let typingTime = Duration.seconds(6)

    let database: any Database
    let signals: any ChangeSignals
    let limiter: RateLimiter
    let watch: EventWatch
    let host: RoomHost
    let users: Users
    let rules: any RoomRules
    let clock: any WallClock
    let records = RoomRecords()

    /// Goes into a room, which is made if it is not there.
    ///
    /// - Parameter number: of the last message seen; those after it are told first. Nil for the last ``recent``.
    /// - Returns: a visit that lasts as long as it is held, or until ``RoomVisit/leave()``.
    /// - Throws: ``ServiceError`` `.notFound` where the rules let nobody in, `.rateLimited` when the room is full, or the
    ///   account has too many connections.
    public func enter(_ room: RoomName, as caller: Principal, after number: Int64? = nil) async throws -> RoomVisit {
        let (account, pass) = (try caller.may(.useRooms), try await pass(for: caller, to: room))
        try await host.begin()
        let visitor: RoomVisitor
        do {
            visitor = try await add(pass, room, account)
        } catch {
            host.release()
            throw error
        }
        do {
            let follower = try watch.join(caller, Self.topic(visitor.room))
            return RoomVisit(
                rooms: self, name: room, caller: caller, pass: pass, visitor: visitor, start: number, follower: follower
            )
        } catch {
            await leave(visitor)
            throw error
        }
    }

    private func add(_ pass: RoomPass, _ room: RoomName, _ account: AccountID) async throws -> RoomVisitor {
        let now = clock.now()
        return try await database.write { session in
            let head = try records.make(room, in: pass.namespace, atMost: Self.mostRooms, at: now, session: session)
            let count = try records.count(in: head.id, of: account, at: now, session: session)
            guard count.room < Self.mostInRoom else {
                throw ServiceError.rateLimited(
                    retryAfter: .seconds(30), "\(Self.mostInRoom) connections are in the room: come again later")
            }
            guard count.account < Self.mostVisits else {
                throw ServiceError.rateLimited(
                    retryAfter: .seconds(10), "\(Self.mostVisits) connections of yours are in rooms: leave one")
            }
            let visitor = RoomVisitor(
                id: .random(), room: head.id, account: account, name: try name(pass, account, in: session),
                host: host.id, enteredAt: now)
            try records.add(visitor, in: session)
            try tell(.people, of: head.id, at: now, in: session)
            return visitor
        }
    }

    /// Takes a visit's traces away, in the end also where the database is not there just now.
    func leave(_ visitor: RoomVisitor) async {
        await host.end {
            let now = clock.now()
            try await database.write(.readCommitted) { session in
                guard try records.remove(visitor.id, in: session) else { return }
                try tell(.people, of: visitor.room, at: now, in: session)
            }
        }
    }

    /// Notes a change, and wakes all who are there.
    ///
    /// - Returns: nil where the room is gone.
    @discardableResult
    func tell(
        _ what: RoomRecords.Touch, of room: RoomID, at now: Timestamp, in session: any WriteSession
    ) throws -> RoomRecords.Head? {
        let head = try records.touch(room, what, at: now, in: session)
        try signals.signal(Self.topic(room).signal, in: session)
        return head
    }

    /// Who is in a room, and what it shares; of one that nobody has entered yet: nobody.
    public func presence(in room: RoomName, for caller: Principal) async throws -> RoomPresence {
        _ = try caller.may(.useRooms)
        let (pass, now) = (try await pass(for: caller, to: room), clock.now())
        return try await database.read { session in
            guard let head = try records.find(room, in: pass.namespace, session: session) else { return RoomPresence() }
            return RoomPresence(
                number: head.latest, people: try records.people(of: head.id, at: now, in: session), state: head.state)
        }
    }

    /// What was said in a room in the last 7 days, newest first.
    public func messages(
        of room: RoomName, for caller: Principal, _ page: PageRequest
    ) async throws -> Page<RoomMessage> {
        _ = try caller.may(.useRooms)
        let pass = try await pass(for: caller, to: room)
        return try await database.read { session in
            let found = try records.find(room, in: pass.namespace, session: session).map {
                try records.messages(
                    of: $0.id, before: page.after?.createdAt.milliseconds, limit: page.limit + 1, in: session)
            }
            return Page(found ?? [], limit: page.limit) {
                PageCursor(createdAt: Timestamp(milliseconds: $0.number), id: "message")
            }
        }
    }

    /// - Throws: ``ServiceError`` `.notFound`.
    func pass(for caller: Principal, to room: RoomName) async throws -> RoomPass {
        guard let pass = try await rules.pass(for: caller, to: room) else { throw ServiceError.notFound("room") }
        return pass
    }

    func name(_ pass: RoomPass, _ account: AccountID, in session: any ReadSession) throws -> String? {
        try pass.name ?? users.find(account, in: session)?.name?.text
    }

    static func topic(_ room: RoomID) throws(EventLogError) -> Topic { try Topic(topicPrefix + room.text) }

    /// For ``EventWatch``.
    static func newest(_ topics: [Topic], in session: any ReadSession) throws -> [Topic: Int64] {
        let rooms = topics.compactMap { RoomID(String($0.text.dropFirst(topicPrefix.count))) }
        let revisions = try RoomRecords().revisions(of: rooms, in: session)
        return Dictionary(try revisions.map { (try topic($0), $1) }) { first, _ in first }
    }

    private static let topicPrefix = "room/"
}

public typealias RoomID = Identifier<Rooms>

/// How a room is, for who is not there.
public struct RoomPresence: Equatable, Sendable {
    /// Of the newest message; 0 of a room that is not there.
    public var number: Int64 = 0
    public var people: [RoomPerson] = []
    public var state = RoomState(data: .empty, version: 0, user: nil)
}
