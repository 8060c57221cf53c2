import Storage

/// The keys of one foreign issuer: fetched when first asked for, kept, and fetched again every hour or for a name
/// that is not among them, but never twice within a minute.
///
/// However many ask, one fetch runs and all wait for it. While the issuer does not answer, the last keys it gave go on.
/// A key that is missing in a new set is gone.
public actor KeySource {
    /// Between the starts of two fetches, whatever they bring: a storm of invented names costs one a minute.
    public static let cooldown = Duration.seconds(60)
    /// After this a fetch is due, so that a withdrawn key is not used for ever.
    public static let life = Duration.seconds(60 * 60)

    private let document: @Sendable () async throws -> [UInt8]
    private let clock: any WallClock
    /// The last good set.
    private var keys: [VerificationKey] = []
    private var fetchedAt: Timestamp?
    private var triedAt: Timestamp?
    private var running: Task<Void, Never>?

    /// Why the last fetch brought nothing, for the log; nil after a good one.
    public private(set) var lastFailure: String?

    /// - Parameter document: gets the issuer's key set (RFC 7517 §5); throws or returns within some seconds.
    public init(clock: any WallClock = SystemClock(), document: @escaping @Sendable () async throws -> [UInt8]) {
        (self.clock, self.document) = (clock, document)
    }

    /// The key of exactly this name; nil if the issuer has none.
    ///
    /// - Throws: ``KeySourceError/unavailable(reason:)`` while the issuer has never answered.
    public func key(named id: String) async throws(KeySourceError) -> VerificationKey? {
        if let known = find(id) {
            // Not waited for: who has a known key goes on, whether or not the issuer answers.
            if isDue { startFetch() }
            return known
        }
        await (running ?? startFetch())?.value
        guard fetchedAt != nil else { throw .unavailable(reason: lastFailure ?? "not fetched yet") }
        return find(id)
    }

    /// The key of an issuer that has only one; nil if it has several. For tokens that name no key, as ID tokens need not
    /// then (OpenID Connect Core 1.0 §10.1).
    ///
    /// - Parameter isStale: the one that is known did not fit: it is fetched again, if the last fetch is a minute ago.
    /// - Throws: ``KeySourceError/unavailable(reason:)`` while the issuer has never answered.
    func onlyKey(isStale: Bool = false) async throws(KeySourceError) -> VerificationKey? {
        if fetchedAt == nil || isStale {
            await (running ?? startFetch())?.value
        } else if isDue {
            startFetch()
        }
        guard fetchedAt != nil else { throw .unavailable(reason: lastFailure ?? "not fetched yet") }
        return keys.count == 1 ? keys[0] : nil
    }

    private func find(_ id: String) -> VerificationKey? {
        keys.first { $0.id.isSpelled(id) }
    }

    private var isDue: Bool {
        fetchedAt.map { hasPassed(Self.life, since: $0) } ?? true
    }

    /// A clock that was set back must not stop fetching until it has caught up.
    private func hasPassed(_ time: Duration, since start: Timestamp) -> Bool {
        let now = clock.now()
        return now < start || now >= start + time
    }

    /// Belongs to no caller, since the others wait for it too; it ends with the document.
    /// - Returns: nil within the cooldown.
    @discardableResult
    private func startFetch() -> Task<Void, Never>? {
        if let running { return running }
        if let triedAt, !hasPassed(Self.cooldown, since: triedAt) { return nil }
        triedAt = clock.now()
        let fetch = Task { await self.fetch() }
        running = fetch
        return fetch
    }

    private func fetch() async {
        defer { running = nil }
        do {
            guard let set = JSONWebKeySet(try await document()) else { return fail("the answer is no key set") }
            // More likely a mistake than the wish to refuse everybody.
            guard !set.keys.isEmpty else { return fail("the key set has no key that can be used") }
            (keys, fetchedAt, lastFailure) = (set.keys, clock.now(), nil)
        } catch {
            fail(String(describing: error))
        }
    }

    private func fail(_ reason: String) {
        lastFailure = reason
    }

    /// Returns when no fetch runs.
    func settle() async {
        await running?.value
    }
}

/// Why nobody can say whether a key is an issuer's.
public enum KeySourceError: Error, Equatable, Sendable {
    /// The issuer's key set has never been fetched.
    case unavailable(reason: String)
}

extension KeySourceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unavailable(let reason): "the issuer's keys were not fetched (\(reason)): safe to retry after a minute"
        }
    }
}
