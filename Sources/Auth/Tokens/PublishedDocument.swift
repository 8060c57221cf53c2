import Storage

/// Something that somebody else publishes: fetched when it is first asked for, kept, and fetched again when it is old or
/// missed, but never twice within a minute.
///
/// However many ask, one fetch runs and all wait for it. While the publisher does not answer, what was there last goes on.
actor PublishedDocument<Content: Sendable> {
    /// Between the starts of two fetches, whatever they bring.
    static var cooldown: Duration { .seconds(60) }

    private let life: Duration
    private let clock: any WallClock
    private let fetch: @Sendable (Content?) async throws -> Content
    /// The last good one.
    private var content: Content?
    private var fetchedAt: Timestamp?
    private var triedAt: Timestamp?
    private var running: Task<Void, Never>?

    /// Why the last fetch brought nothing, for the log; nil after a good one.
    private(set) var lastFailure: String?

    /// - Parameters:
    ///   - life: after this a fetch is due.
    ///   - fetch: gets the content, given the last one; throws or returns within some seconds.
    init(life: Duration, clock: any WallClock, fetch: @escaping @Sendable (Content?) async throws -> Content) {
        (self.life, self.clock, self.fetch) = (life, clock, fetch)
    }

    /// What is known; nil before the first good fetch. One that is due is started, and not waited for: who has what they
    /// need goes on, whether or not the publisher answers.
    func known() -> Content? {
        if isDue { startFetch() }
        return content
    }

    /// What is known when the fetch that runs has ended, or one that is begun now; within the cooldown none is.
    func latest() async -> Content? {
        await (running ?? startFetch())?.value
        return content
    }

    private var isDue: Bool {
        fetchedAt.map { hasPassed(life, since: $0) } ?? true
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
        let task = Task { await self.load() }
        running = task
        return task
    }

    private func load() async {
        defer { running = nil }
        do {
            (content, fetchedAt, lastFailure) = (try await fetch(content), clock.now(), nil)
        } catch {
            lastFailure = String(describing: error)
        }
    }

    /// Returns when no fetch runs.
    func settle() async {
        await running?.value
    }
}
