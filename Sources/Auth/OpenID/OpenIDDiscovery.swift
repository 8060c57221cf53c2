import Storage

/// What one provider publishes about itself: fetched when first asked for, kept, and fetched again after a day.
struct OpenIDDiscovery: Sendable {
    static let life = Duration.seconds(24 * 60 * 60)
    static let cooldown = PublishedDocument<Found>.cooldown

    struct Found: Sendable {
        let configuration: OpenIDConfiguration
        let keys: KeySource
    }

    private let issuer: String
    private let document: PublishedDocument<Found>

    init(_ issuer: String, transport: any OpenIDTransport, clock: any WallClock) {
        self.issuer = issuer
        document = PublishedDocument(life: Self.life, clock: clock) { last in
            let text = try await transport.configuration(
                at: OpenIDConfiguration.url(of: issuer), upTo: OpenIDConfiguration.longest)
            let configuration = try OpenIDConfiguration(text, of: issuer)
            // The keys that are known go on while they stay where they are.
            if let last, last.configuration.keySetURL == configuration.keySetURL {
                return Found(configuration: configuration, keys: last.keys)
            }
            let url = configuration.keySetURL
            let keys = KeySource(clock: clock) { try await transport.keySet(at: url, upTo: JSONWebKeySet.longest) }
            return Found(configuration: configuration, keys: keys)
        }
    }

    /// - Throws: ``AuthError/unavailable(reason:)`` while the provider has never answered.
    func current() async throws(AuthError) -> Found {
        if let known = await document.known() { return known }
        if let latest = await document.latest() { return latest }
        throw .unavailable(reason: "\(issuer): \(await document.lastFailure ?? "not fetched yet")")
    }

    /// Returns when no fetch runs.
    func settle() async {
        await document.settle()
    }
}
