import Storage

/// Lets one load run at a time, for all who wait for one.
actor SharedReload {
    private let cooldown: Duration
    private let clock: any WallClock
    private var running: Task<Void, Never>?
    private var searchedAt: Timestamp?

    init(cooldown: Duration, clock: any WallClock) {
        (self.cooldown, self.clock) = (cooldown, clock)
    }

    /// Waits for the load that runs, or runs one.
    func run(_ load: @escaping @Sendable () async -> Void) async {
        await (running ?? start(load)).value
    }

    /// Runs a load for something that is missed, unless one within the cooldown has not found it either.
    func search(until isFound: @Sendable () -> Bool, _ load: @escaping @Sendable () async -> Void) async {
        // One that runs may have begun before what is missed was there.
        await running?.value
        if isFound() { return }
        if let running { return await running.value }
        guard isCool else { return }
        searchedAt = clock.now()
        await start(load).value
    }

    /// A clock that was set back must not keep anybody from searching until it has caught up.
    private var isCool: Bool {
        guard let searchedAt else { return true }
        let now = clock.now()
        return now < searchedAt || now >= searchedAt + cooldown
    }

    /// Belongs to no caller, since the others wait for it too; it ends with the load.
    private func start(_ load: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        let task = Task {
            await load()
            running = nil
        }
        running = task
        return task
    }
}
