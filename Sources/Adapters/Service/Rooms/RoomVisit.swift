import Auth
import Storage
import Synchronization

/// Somebody's being in a room by one connection. It ends with its last use, or with ``leave()``.
public final class RoomVisit: Sendable {
    public let name: RoomName
    let rooms: Rooms
    let caller: Principal
    let pass: RoomPass
    let visitor: RoomVisitor
    let start: Int64?
    let follower: EventWatch.Follower
    private let state = Mutex((hasLeft: false, typedAt: Timestamp?.none, checkedAt: ContinuousClock.now))

    init(
        rooms: Rooms, name: RoomName, caller: Principal, pass: RoomPass, visitor: RoomVisitor, start: Int64?,
        follower: EventWatch.Follower
    ) {
        (self.rooms, self.name, self.caller, self.pass) = (rooms, name, caller, pass)
        (self.visitor, self.start, self.follower) = (visitor, start, follower)
    }

    deinit {
        guard !state.withLock({ $0.hasLeft }) else { return }
        Task { [rooms, visitor] in await rooms.leave(visitor) }
    }

    /// Says something to all who are there, the speaker too.
    ///
    /// - Parameter ref: as of ``Rooms/say(_:in:as:of:once:)``.
    /// - Throws: ``ServiceError`` `.invalid`, `.rateLimited`, `.notFound` when the room is gone.
    @discardableResult
    public func say(_ text: String, as ref: String? = nil) async throws -> RoomMessage {
        let words = try RoomWords(text, ref)
        try await checkStay()
        try await rooms.count(visitor.account)
        let now = rooms.clock.now()
        return try await rooms.database.write(.readCommitted) { [rooms, visitor] session in
            try rooms.say(
                words, in: visitor.room, by: visitor.account, called: visitor.name, at: now, session)
        }
    }

    /// Tells the others that something is being typed. What comes sooner than it has to is passed over.
    public func type() async throws {
        let now = rooms.clock.now()
        let isNews = state.withLock { state in
            guard state.typedAt.map({ now - $0 >= Rooms.typingTime / 2 || now < $0 }) ?? true else { return false }
            state.typedAt = now
            return true
        }
        guard isNews else { return }
        try await checkStay()
        try await rooms.database.write(.readCommitted) { [rooms, visitor] session in
            try rooms.records.setTyping(visitor.id, until: now + Rooms.typingTime, in: session)
            try rooms.tell(.people, of: visitor.room, at: now, in: session)
        }
    }

    /// Sets what the room shares; the last one wins.
    ///
    /// - Throws: ``ServiceError`` `.invalid` for what is too large, `.rateLimited`, `.notFound` when the room is gone.
    @discardableResult
    public func share(_ data: CanonicalJSON) async throws -> RoomState {
        guard data.text.utf8.count <= Rooms.largestState else {
            throw ServiceError.invalid(
                field: "state", "'state' has at most \(Rooms.largestState) bytes as canonical JSON: share less")
        }
        try await checkStay()
        try await rooms.count(visitor.account)
        let now = rooms.clock.now()
        return try await rooms.database.write(.readCommitted) { [rooms, visitor] session in
            let change = RoomRecords.Touch.state(data, by: visitor.account)
            guard let head = try rooms.tell(change, of: visitor.room, at: now, in: session) else {
                throw ServiceError.notFound("room")
            }
            return head.state
        }
    }

    /// Whether the visitor may still be here. Speaking asks as well as hearing: somebody may do the one alone.
    ///
    /// - Throws: ``ServiceError`` `.unauthorized`, `.forbidden`.
    private func checkStay() async throws {
        try follower.checkEnd()
        let pause = rooms.watch.pace.heartbeat / 2
        guard state.withLock({ ContinuousClock.now - $0.checkedAt >= pause }) else { return }
        try await checkRules()
        state.withLock { $0.checkedAt = .now }
    }

    /// Goes. The others are told before this returns, if the database is there.
    public func leave() async {
        close()
        let isFirst = state.withLock { state in
            defer { state.hasLeft = true }
            return !state.hasLeft
        }
        // Not in the present task, which a client that goes away cancels.
        if isFirst { await Task { [rooms, visitor] in await rooms.leave(visitor) }.value }
    }

    /// Ends what is told here, after what is being told, as when the server stops.
    public func close() {
        follower.end(.closed)
    }

    /// What happens in the room from now on; to be iterated once.
    public var feed: RoomFeed { RoomFeed(visit: self) }
}
