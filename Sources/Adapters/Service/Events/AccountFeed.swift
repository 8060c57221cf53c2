import Foundation
import Storage

/// What an account's followers are told, batch by batch; to be iterated once.
///
/// The first batch is word of where it begins. A batch may be empty: nothing has happened for ``EventPace/heartbeat``.
/// It ends when ``close()`` is called.
///
/// - Throws: ``ServiceError`` `.unauthorized` when the session or key ends by which it was asked for; `CancellationError`,
///   ``DatabaseError``.
public struct AccountFeed: AsyncSequence, Sendable {
    /// One thing that is told.
    public struct Item: Equatable, Sendable {
        /// To go on after; grows from event to event.
        public let number: Int64
        public let kind: String
        /// JSON, in one line.
        public let payload: String
    }

    let follower: EventWatch.Follower
    let start: Int64?
    let database: any Database
    let log: EventLog
    let heartbeat: Duration

    /// Ends the feed after what is being told, as when the server stops.
    public func close() {
        follower.end(.closed)
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(feed: self, wakes: follower.wakes.makeAsyncIterator())
    }

    public struct Iterator: AsyncIteratorProtocol {
        let feed: AccountFeed
        var wakes: AsyncStream<Void>.Iterator
        /// The number that was told last; nil before the first.
        private var last: Int64?
        private var mayHaveMore = false
        private var toldAt = ContinuousClock.now

        init(feed: AccountFeed, wakes: AsyncStream<Void>.Iterator) {
            (self.feed, self.wakes) = (feed, wakes)
        }

        public mutating func next() async throws -> [Item]? {
            guard let last else { return try await begin() }
            while true {
                if !mayHaveMore, await wakes.next() == nil {
                    try Task.checkCancellation()
                    try feed.follower.checkEnd()
                    return nil
                }
                let items = try await feed.items(after: last)
                mayHaveMore = items.count == AccountFeed.longestBatch
                guard items.isEmpty, ContinuousClock.now - toldAt < feed.heartbeat else {
                    return tell(items, upTo: items.last?.number ?? last)
                }
            }
        }

        private mutating func begin() async throws -> [Item] {
            let latest = try await feed.latest()
            let start = feed.start ?? latest
            let items = try await feed.items(after: start)
            let isReset = items.first?.kind == EventKind.reset.rawValue
            mayHaveMore = items.count == AccountFeed.longestBatch
            let hello = Item(.hello, at: isReset ? items[0].number : start, latest: latest)
            return tell([hello] + items, upTo: items.last?.number ?? start)
        }

        private mutating func tell(_ items: [Item], upTo number: Int64) -> [Item] {
            (last, toldAt) = (number, .now)
            return items
        }
    }

    static let longestBatch = 100

    private func latest() async throws -> Int64 {
        try await database.read { [log, follower] in try log.latest(of: follower.topic, in: $0) }
    }

    private func items(after number: Int64) async throws -> [Item] {
        do {
            return try await database.read { [log, follower] in
                try log.read(follower.topic, after: number, limit: Self.longestBatch, in: $0)
            }.map { Item(number: $0.number, kind: $0.kind, payload: $0.payload) }
        } catch EventLogError.trimmed(let latest), EventLogError.ahead(let latest) {
            return [Item(.reset, at: latest, latest: latest)]
        }
    }
}

extension AccountFeed.Item {
    fileprivate init(_ kind: EventKind, at number: Int64, latest: Int64) {
        self.init(number: number, kind: kind.rawValue, payload: #"{"latest":\#(latest)}"#)
    }
}
