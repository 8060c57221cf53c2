import Auth
import Storage

/// What somebody in a room is told, batch by batch.
///
/// The first batch is how the room is (``RoomNews/welcome(_:)``). Messages come once and in their order; who is there, what is
/// shared and who types is told as the difference between two looks, so that what came and went between them is not.
///
/// - Throws: ``ServiceError`` `.unauthorized` when the session or key ends, `.forbidden` when the rules let the visitor in no
///   more, `.rateLimited` for one too slow to follow, `.notFound` when the room is gone; `CancellationError`,
///   ``DatabaseError``.
public struct RoomFeed: AsyncSequence, Sendable {
    let visit: RoomVisit

    public func makeAsyncIterator() -> Iterator {
        Iterator(visit: visit, wakes: visit.follower.wakes.makeAsyncIterator())
    }

    public struct Iterator: AsyncIteratorProtocol {
        private let visit: RoomVisit
        private var wakes: AsyncStream<Void>.Iterator
        /// Nil before the first batch.
        private var known: Known?
        private var mayHaveMore = false
        private var checkedAt = ContinuousClock.now

        fileprivate init(visit: RoomVisit, wakes: AsyncStream<Void>.Iterator) {
            (self.visit, self.wakes) = (visit, wakes)
        }

        /// What was told.
        private struct Known {
            var number: Int64
            /// Whether all messages up to some moment were told: only from then on is the visitor held to keep up.
            var isUpToDate: Bool
            var revision: Int64
            var people: [RoomPerson]
            var state: RoomState
        }

        public mutating func next() async throws -> [RoomNews]? {
            guard known != nil else { return [.welcome(try await begin())] }
            while true {
                if !mayHaveMore, await wakes.next() == nil {
                    try Task.checkCancellation()
                    try visit.follower.checkEnd()
                    return nil
                }
                let news = try await look()
                if !news.isEmpty { return news }
            }
        }

        private mutating func begin() async throws -> RoomWelcome {
            let (start, limit) = (visit.start, Rooms.recent)
            let (reading, isReset) = try await visit.read { records, head, session in
                let oldest = try records.messages(of: head.id, after: 0, limit: 1, in: session).first?.number
                let isKept = start.map { (((oldest ?? head.latest + 1) - 1)...head.latest).contains($0) }
                if let start, isKept == true {
                    return (try records.messages(of: head.id, after: start, limit: limit, in: session), false)
                }
                let latest = try records.messages(of: head.id, before: nil, limit: limit, in: session)
                return (Array(latest.reversed()), isKept == false)
            }
            mayHaveMore = reading.messages.count == limit && reading.messages.last?.number != reading.head.latest
            known = Known(
                number: reading.messages.last?.number ?? reading.head.latest, isUpToDate: !mayHaveMore,
                revision: reading.head.people, people: reading.people, state: reading.head.state)
            return RoomWelcome(
                number: reading.head.latest, people: reading.people, state: reading.head.state,
                messages: reading.messages, isReset: isReset)
        }

        private mutating func look() async throws -> [RoomNews] {
            guard var known else { return [] }
            // A lease that ended is no change of the room: so it is looked at now and then without one.
            let isTime = ContinuousClock.now - checkedAt >= visit.rooms.watch.pace.heartbeat / 2
            if isTime {
                try await visit.checkRules()
                checkedAt = .now
            }
            let (number, limit, revision) = (known.number, Rooms.recent, isTime ? nil : known.revision)
            let (reading, _) = try await visit.read(peopleUnless: revision) { records, head, session in
                (try records.messages(of: head.id, after: number, limit: limit, in: session), false)
            }
            let behind = reading.head.latest - known.number
            guard !known.isUpToDate || behind <= Rooms.mostBehind else {
                throw ServiceError.rateLimited(
                    retryAfter: .seconds(1),
                    "you are \(behind) messages behind: come again after \(known.number), and read faster")
            }
            var news = reading.messages.map(RoomNews.message)
            if revision != reading.head.people {
                news += Self.differences(from: known.people, to: reading.people)
                (known.people, known.revision) = (reading.people, reading.head.people)
            }
            if known.state.version != reading.head.state.version { news.append(.state(reading.head.state)) }
            known.state = reading.head.state
            known.number = reading.messages.last?.number ?? known.number
            mayHaveMore = reading.messages.count == limit
            known.isUpToDate = known.isUpToDate || !mayHaveMore
            self.known = known
            return news
        }

        private static func differences(from old: [RoomPerson], to new: [RoomPerson]) -> [RoomNews] {
            let before = Dictionary(old.map { ($0.user, $0) }) { first, _ in first }
            let after = Set(new.map(\.user))
            let gone = old.filter { !after.contains($0.user) }.map(RoomNews.left)
            let come = new.filter { before[$0.user] == nil }.map(RoomNews.joined)
            let typing = new.filter { person in
                guard let until = person.typingUntil else { return false }
                return until > before[person.user]?.typingUntil ?? Timestamp(milliseconds: .min)
            }
            return gone + come + typing.map(RoomNews.typing)
        }
    }
}

extension RoomVisit {
    /// A room as it is at one moment.
    struct Reading {
        let head: RoomRecords.Head
        let messages: [RoomMessage]
        let people: [RoomPerson]
    }

    /// - Parameter revision: of people that are known, and not read again.
    fileprivate func read(
        peopleUnless revision: Int64? = nil,
        _ messages:
            @escaping @Sendable (
                RoomRecords, RoomRecords.Head, any ReadSession
            ) throws -> ([RoomMessage], isReset: Bool)
    ) async throws -> (Reading, isReset: Bool) {
        let now = rooms.clock.now()
        return try await rooms.database.read { [rooms, visitor] session in
            guard let head = try rooms.records.find(visitor.room, in: session) else {
                throw ServiceError.notFound("room")
            }
            let (found, isReset) = try messages(rooms.records, head, session)
            let people = head.people == revision ? [] : try rooms.records.people(of: head.id, at: now, in: session)
            return (Reading(head: head, messages: found, people: people), isReset)
        }
    }

    /// - Throws: ``ServiceError`` `.forbidden` where the visitor is let in no more.
    func checkRules() async throws {
        guard try await rooms.rules.pass(for: caller, to: name)?.namespace == pass.namespace else {
            throw ServiceError.forbidden("you are let into this room no more")
        }
    }
}
