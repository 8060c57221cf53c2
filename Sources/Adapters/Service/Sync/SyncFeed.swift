import Storage
import Synchronization

/// What one device is told of the others, step by step; to be iterated once.
///
/// It begins with where it is. What the device has missed before is told when it asks (``request(after:)``), in chunks, and
/// then goes on.
///
/// - Throws: ``ServiceError`` `.unauthorized` when the session or key ends by which it was asked for; `CancellationError`,
///   ``DatabaseError``.
public final class SyncFeed: AsyncSequence, Sendable {
    let sync: Sync
    let account: AccountID
    let device: SyncDevice?
    let follower: EventWatch.Follower
    private let asked = Mutex<Int64?>(nil)

    init(sync: Sync, account: AccountID, device: SyncDevice?, follower: EventWatch.Follower) {
        (self.sync, self.account, self.device, self.follower) = (sync, account, device, follower)
    }

    /// Has all told that came after `seq`, also what this device did itself; of requests that wait the last one counts.
    ///
    /// - Throws: ``ServiceError`` `.invalid` for what is no number of a change, `.rateLimited`.
    public func request(after seq: Int64) async throws(ServiceError) {
        guard seq >= 0 else { throw .invalid(field: "last_seq", "'last_seq' is the number of a change, or 0") }
        let verdict = await sync.limiter.count("sync requests \(account)", against: Self.requests)
        if let wait = verdict.retryAfter {
            throw .rateLimited(retryAfter: wait, "too many requests to be told all: wait, then ask once")
        }
        asked.withLock { $0 = seq }
        follower.nudge()
    }

    /// Each may have the whole account read.
    private static let requests = RateLimit(30, per: .seconds(60))

    /// Ends the feed after what is being told, as when the server stops.
    public func close() {
        follower.end(.closed)
    }

    fileprivate func takeRequest() -> Int64? {
        asked.withLock { asked in
            defer { asked = nil }
            return asked
        }
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(feed: self, wakes: follower.wakes.makeAsyncIterator())
    }

    public struct Iterator: AsyncIteratorProtocol {
        private let feed: SyncFeed
        private var wakes: AsyncStream<Void>.Iterator
        /// The number up to which all was told; nil before the first.
        private var told: Int64?
        private var mayHaveMore = false
        /// Where the answer to a request is, while it is told.
        private var place: Int64?

        fileprivate init(feed: SyncFeed, wakes: AsyncStream<Void>.Iterator) {
            (self.feed, self.wakes) = (feed, wakes)
        }

        public mutating func next() async throws -> SyncNews? {
            guard let told else {
                let head = try await feed.head()
                told = head.latest
                return .welcome(seq: head.latest)
            }
            if let place { return try await goOn(after: place, told) }
            while true {
                if let asked = feed.takeRequest() { return try await answer(asked) }
                if !mayHaveMore, await wakes.next() == nil {
                    try Task.checkCancellation()
                    try feed.follower.checkEnd()
                    return nil
                }
                let from = self.told ?? told
                let rows = try await feed.rows(after: from).rows
                mayHaveMore = !rows.isEmpty
                guard let last = rows.last else { continue }
                self.told = last.seq
                let others = rows.filter { $0.device == nil || $0.device != feed.device?.text }
                if !others.isEmpty { return .changed(others.map { SyncEvent($0, knownUpTo: from) }) }
            }
        }

        private mutating func answer(_ asked: Int64) async throws -> SyncNews {
            let head = try await feed.head()
            let place = SyncPlace(beginningAfter: asked, head)
            self.place = place.seq
            return .response(after: place.seq, seq: head.latest, isReset: place.seq != asked)
        }

        private mutating func goOn(after place: Int64, _ told: Int64) async throws -> SyncNews {
            let part = try await feed.rows(after: place)
            let seq = part.rows.last?.seq ?? place
            self.place = part.isLast ? nil : seq
            if part.isLast { self.told = Swift.max(told, seq) }
            return .bulk(part.rows, seq: seq, isLast: part.isLast)
        }
    }

    fileprivate func head() async throws -> SyncRecords.Head {
        try await sync.database.read { [sync, account] in try sync.records.head(of: account, in: $0) }
    }

    fileprivate func rows(after seq: Int64) async throws -> (rows: [SyncRow], isLast: Bool) {
        try await sync.database.read { [sync, account] in
            try sync.part(of: account, after: seq, limit: Sync.chunk, in: $0)
        }
    }
}

/// What a device is told at once.
public enum SyncNews: Equatable, Sendable {
    /// Changes from `seq` on are told as they happen.
    case welcome(seq: Int64)
    /// All changes after `after` follow, up to `seq` at least. After a reset the device begins anew: see ``SyncPage/isReset``.
    case response(after: Int64, seq: Int64, isReset: Bool)
    /// - Parameter seq: up to which all was told.
    case bulk([SyncRow], seq: Int64, isLast: Bool)
    /// What other devices did.
    case changed([SyncEvent])
}

/// What became of one thing since the device was told last.
public struct SyncEvent: Equatable, Sendable {
    public enum Kind: String, Sendable {
        case create, update, delete
    }

    public let kind: Kind
    public let row: SyncRow

    init(_ row: SyncRow, knownUpTo seq: Int64) {
        kind = row.isDeleted ? .delete : row.born > seq ? .create : .update
        self.row = row
    }
}
