import Auth
import Storage

/// Keeps what an account's devices hold in step: small things of their own, by type and name, through whichever server each
/// of them reaches.
///
/// Changes of an account have numbers that grow. Who has read up to one reads on from there and misses nothing.
public struct Sync: Sendable {
    /// Changes in one request.
    public static let mostChanges = 100
    /// As ``mostChanges``, of a first upload or a device that was long away.
    public static let mostInBatch = 1_000
    /// Things of an account, with those deleted of late: what a device can be asked to read through when it begins anew.
    public static let mostRows = 100_000
    /// Of an account's data: as much as is read in a minute at a megabyte a second.
    public static let mostBytes = 64 << 20
    /// How long a device may be away and still be told what was deleted.
    public static let memory = Duration.seconds(90 * 86_400)
    /// Things told at once over a socket.
    public static let chunk = 250
    /// Of data told at once.
    static let chunkBytes = 1 << 20
    /// Of other versions sent back in one answer, which is to be short enough to be kept for repeats.
    static let conflictBytes = 256 << 10

    let database: any Database
    let signals: any ChangeSignals
    let limiter: RateLimiter
    let watch: EventWatch
    let clock: any WallClock
    let records = SyncRecords()

    /// Changes after one that was seen, each thing once and as it is now, in order.
    ///
    /// - Parameters:
    ///   - since: ``SyncPage/seq`` of the last page read before; 0 for all there is.
    ///   - cursor: as the page before gave it.
    /// - Throws: ``ServiceError`` `.invalid` for a cursor of another list.
    public func pull(
        since: Int64, limit: Int, after cursor: String? = nil, of caller: Principal
    ) async throws -> SyncPage {
        let account = try caller.may(.readSync)
        let place = try cursor.map { text throws(ServiceError) in try SyncPlace(text, of: account) }
        return try await database.read { session in
            let head = try records.head(of: account, in: session)
            let start = place ?? SyncPlace(beginningAfter: since, head)
            // Deletions that were forgotten since the pages began may concern what they told.
            let isCurrent = start.trimmed == head.trimmed || start.seq >= head.trimmed
            let from = isCurrent && start.seq <= head.latest ? start : SyncPlace(seq: 0, trimmed: head.trimmed)
            let part = try part(of: account, after: from.seq, limit: limit, in: session)
            let isReset = from != start || place == nil && start.seq != since
            return SyncPage(
                rows: part.rows, seq: part.isLast ? head.latest : part.rows.last?.seq ?? head.latest, isReset: isReset,
                next: part.isLast
                    ? nil : part.rows.last.map { SyncPlace(seq: $0.seq, trimmed: head.trimmed).encoded(for: account) })
        }
    }

    /// How much there is.
    public func status(of caller: Principal) async throws -> SyncStatus {
        let account = try caller.may(.readSync)
        let head = try await database.read { try records.head(of: account, in: $0) }
        return SyncStatus(seq: head.latest, oldest: head.trimmed, rows: head.rows, bytes: head.bytes)
    }

    /// What other devices of the account change, as it happens.
    ///
    /// - Parameter device: that listens, and does not hear of what it did itself.
    /// - Throws: ``ServiceError`` `.rateLimited` beyond ``Events/mostFeeds``.
    public func feed(for caller: Principal, device: SyncDevice?) throws -> SyncFeed {
        let account = try caller.may(.readSync)
        return SyncFeed(
            sync: self, account: account, device: device, follower: try watch.join(caller, Self.topic(account)))
    }

    static func topic(_ account: AccountID) throws(EventLogError) -> Topic { try Topic(topicPrefix + account.text) }

    /// For ``EventWatch``.
    static func newest(_ topics: [Topic], in session: any ReadSession) throws -> [Topic: Int64] {
        let accounts = topics.compactMap { AccountID(String($0.text.dropFirst(topicPrefix.count))) }
        let latest = try SyncRecords().latest(of: accounts, in: session)
        return Dictionary(try latest.map { (try topic($0), $1) }) { first, _ in first }
    }

    private static let topicPrefix = "sync/"

    /// As many rows as fit in one message.
    func part(
        of account: AccountID, after seq: Int64, limit: Int, in session: any ReadSession
    ) throws -> (rows: [SyncRow], isLast: Bool) {
        let found = try records.rows(of: account, after: seq, limit: limit + 1, in: session)
        var (rows, bytes): ([SyncRow], Int) = ([], 0)
        for row in found.prefix(limit) where bytes <= Self.chunkBytes {
            bytes += row.size
            if bytes <= Self.chunkBytes || rows.isEmpty { rows.append(row) }
        }
        return (rows, rows.count == found.count)
    }

    /// Forgets deletions that are long ago; for the service's upkeep.
    func forgetDeleted() async throws {
        let oldest = clock.now() - Self.memory
        while let account = try await database.read({ try records.anyone(withDeletedBefore: oldest, in: $0) }) {
            try Task.checkCancellation()
            try await database.write(.readCommitted) {
                try records.trim(account, deletedBefore: oldest, limit: 1_000, in: $0)
            }
        }
    }
}
