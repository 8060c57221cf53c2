/// What happens in a topic from a number on, batch by batch, for as long as it is iterated.
///
/// Every event comes once and in order. Nothing that is appended between a reading and the wait that follows is missed:
/// the feed listens first and looks then. After the log's pause it looks again without a signal, since a signal of another
/// process may be lost with that process, and an embedded database has none between processes.
///
/// ```swift
/// for try await batch in log.feed(of: topic, after: last, from: database) {
///     try await socket.send(batch)
/// }
/// ```
///
/// - Throws: ``EventLogError/trimmed(latest:)`` or ``EventLogError/ahead(latest:)`` when the reader cannot simply go on,
///   `CancellationError` when its task is cancelled, and what the database throws.
public struct EventFeed: AsyncSequence, Sendable {
    let log: EventLog
    let topic: Topic
    let number: Int64
    let limit: Int
    let database: any Database

    public func makeAsyncIterator() -> Iterator {
        Iterator(feed: self)
    }

    public struct Iterator: AsyncIteratorProtocol {
        private let feed: EventFeed
        private var signals: AsyncStream<Void>.Iterator
        private var last: Int64
        /// A full batch may not have been all: no signal is waited for then.
        private var mayHaveMore = false

        init(feed: EventFeed) {
            (self.feed, last) = (feed, feed.number)
            signals = feed.log.signals.signals(on: feed.topic.signal, orEvery: feed.log.pause).makeAsyncIterator()
        }

        /// - Returns: at least one event; nil never.
        public mutating func next() async throws -> [Event]? {
            while true {
                if !mayHaveMore, await signals.next() == nil { throw CancellationError() }
                try Task.checkCancellation()
                let events = try await feed.events(after: last)
                mayHaveMore = events.count == feed.limit
                guard let newest = events.last else { continue }
                last = newest.number
                return events
            }
        }
    }

    func events(after number: Int64) async throws -> [Event] {
        try await database.read { [log, topic, limit] in try log.read(topic, after: number, limit: limit, in: $0) }
    }
}

extension EventLog {
    /// Events of `topic` after `number`, and those to come.
    ///
    /// - Parameters:
    ///   - number: the last one seen; 0 for the first of all.
    ///   - limit: the longest batch, 1…1,000.
    public func feed(
        of topic: Topic, after number: Int64, limit: Int = 100, from database: any Database
    ) -> EventFeed {
        EventFeed(log: self, topic: topic, number: number, limit: min(max(limit, 1), 1_000), database: database)
    }

    /// The events of `topic` after `number`: those that are there, or else the first to come.
    ///
    /// - Parameters:
    ///   - limit: 1…1,000.
    ///   - timeout: how long to wait for one.
    /// - Returns: 1 to `limit` events; none when the time is over.
    /// - Throws: as ``EventFeed``.
    public func next(
        of topic: Topic, after number: Int64, limit: Int = 100, waiting timeout: Duration, from database: any Database
    ) async throws -> [Event] {
        let feed = feed(of: topic, after: number, limit: limit, from: database)
        // What is there is told however short the time.
        let present = try await feed.events(after: number)
        guard present.isEmpty, timeout > .zero else { return present }
        return try await withThrowingTaskGroup(of: [Event].self) { group in
            group.addTask {
                for try await batch in feed { return batch }
                return []
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                return []
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }
}
