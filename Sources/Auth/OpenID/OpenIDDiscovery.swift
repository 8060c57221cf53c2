import Storage

/// What one provider publishes about itself: fetched when first asked for, kept, and fetched again after a day, but
/// never twice within a minute.
///
/// However many ask, one fetch runs and all wait for it. While the provider does not answer, what it said last goes on.
actor OpenIDDiscovery {
    static let life = Duration.seconds(24 * 60 * 60)
    static let cooldown = KeySource.cooldown

    struct Found: Sendable {
        let configuration: OpenIDConfiguration
        let keys: KeySource
    }

    private let issuer: String
    private let transport: any OpenIDTransport
    private let clock: any WallClock
    /// The last good one.
    private var found: Found?
    private var fetchedAt: Timestamp?
    private var triedAt: Timestamp?
    private var running: Task<Void, Never>?
    private var lastFailure = "not fetched yet"

    init(_ issuer: String, transport: any OpenIDTransport, clock: any WallClock) {
        (self.issuer, self.transport, self.clock) = (issuer, transport, clock)
    }

    /// - Throws: ``AuthError/unavailable(reason:)`` while the provider has never answered.
    func current() async throws(AuthError) -> Found {
        if let found {
            // Not waited for: whoever signs in goes on, whether or not the document is to be had.
            if isDue { startFetch() }
            return found
        }
        await (running ?? startFetch())?.value
        guard let found else { throw .unavailable(reason: "\(issuer): \(lastFailure)") }
        return found
    }

    private var isDue: Bool {
        fetchedAt.map { hasPassed(Self.life, since: $0) } ?? true
    }

    /// A clock that was set back must not stop fetching until it has caught up.
    private func hasPassed(_ time: Duration, since start: Timestamp) -> Bool {
        let now = clock.now()
        return now < start || now >= start + time
    }

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
            let document = try await transport.configuration(
                at: OpenIDConfiguration.url(of: issuer), upTo: OpenIDConfiguration.longest)
            let configuration = try OpenIDConfiguration(document, of: issuer)
            (found, fetchedAt) = (Found(configuration: configuration, keys: keys(at: configuration)), clock.now())
        } catch {
            lastFailure = String(describing: error)
        }
    }

    /// The keys that are known go on while they stay where they are.
    private func keys(at configuration: OpenIDConfiguration) -> KeySource {
        if let found, found.configuration.keySetURL == configuration.keySetURL { return found.keys }
        let (transport, url) = (transport, configuration.keySetURL)
        return KeySource(clock: clock) { try await transport.keySet(at: url, upTo: JSONWebKeySet.longest) }
    }

    /// Returns when no fetch runs.
    func settle() async {
        await running?.value
    }
}
