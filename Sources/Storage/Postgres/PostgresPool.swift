import Storage
import Synchronization

/// Connections, opened as they are needed and lent to one transaction at a time, first come first served.
final class PostgresPool: Sendable {
    private struct Idle {
        let connection: PostgresConnection
        let since: ContinuousClock.Instant
    }

    /// Somebody who waits for a place.
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Place, Never>
    }

    private enum Place: Sendable {
        /// Nil: one may be opened.
        case granted(PostgresConnection?)
        case givenUp
    }

    private struct State {
        var idle: [Idle] = []
        var lent = 0
        var waiters: [Waiter] = []
        var leftEarly: Set<Int> = []
        var nextID = 0
        var isSweeping = false
    }

    private let state = Mutex(State())
    private let address: PostgresAddress
    private let name: String
    private let settings: PostgresSettings

    init(_ address: PostgresAddress, name: String, _ settings: PostgresSettings) {
        precondition(settings.connections > 0, "a pool needs a connection")
        (self.address, self.name, self.settings) = (address, name, settings)
    }

    var openConnections: Int { state.withLock { $0.idle.count + $0.lent } }

    var waitingCalls: Int { state.withLock { $0.waiters.count } }

    /// Waits for a place, to be given back with ``giveBack(_:)``.
    ///
    /// - Returns: an idle connection, or nil when the caller may open one with ``connect()``.
    /// - Throws: ``DatabaseError/busy`` when all stay lent for longer than the settings allow.
    func place() async throws -> PostgresConnection? {
        let (place, gone) = state.withLock { state -> (Place?, [PostgresConnection]) in
            guard state.lent < settings.connections else { return (nil, []) }
            return grant(from: &state)
        }
        // Closed here, outside the lock.
        withExtendedLifetime(gone) {}
        if case .granted(let connection) = place { return connection }
        return try await placeInTurn()
    }

    func connect() throws(PostgresFailure) -> PostgresConnection {
        try PostgresConnection(to: address, name: name, settings)
    }

    /// - Parameter connection: nil when none could be opened.
    func giveBack(_ connection: PostgresConnection?) {
        let now = ContinuousClock.now
        let usable = connection.flatMap { $0.isIdle && now - $0.opened < settings.connectionLife ? $0 : nil }
        let (waiter, sweeps) = state.withLock { state -> (Waiter?, Bool) in
            if !state.waiters.isEmpty { return (state.waiters.removeFirst(), false) }
            state.lent -= 1
            guard let usable else { return (nil, false) }
            state.idle.append(Idle(connection: usable, since: now))
            defer { state.isSweeping = true }
            return (nil, !state.isSweeping)
        }
        waiter?.continuation.resume(returning: .granted(usable))
        if sweeps { sweep() }
    }

    /// A place, with the connection used last, so that those not needed grow old.
    ///
    /// - Returns: also what the server has closed meanwhile.
    private func grant(from state: inout State) -> (Place?, gone: [PostgresConnection]) {
        state.lent += 1
        var gone: [PostgresConnection] = []
        while let last = state.idle.popLast() {
            if last.connection.listen() { return (.granted(last.connection), gone) }
            gone.append(last.connection)
        }
        return (.granted(nil), gone)
    }

    private func placeInTurn() async throws -> PostgresConnection? {
        let place = await withTaskGroup(of: Place.self) { group in
            group.addTask { await self.turn() }
            group.addTask { [settings] in
                try? await Task.sleep(for: settings.connectionWait)
                return .givenUp
            }
            var place = Place.givenUp
            for await ended in group {
                group.cancelAll()
                // A place may come just as the time is over: it is taken, not lost.
                if case .granted = ended { place = ended }
            }
            return place
        }
        if case .granted(let connection) = place { return connection }
        try Task.checkCancellation()
        throw DatabaseError.busy
    }

    /// Waits in the line until granted, or cancelled.
    private func turn() async -> Place {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (place, gone) = state.withLock { state -> (Place?, [PostgresConnection]) in
                    if state.leftEarly.remove(id) != nil { return (.givenUp, []) }
                    // One may have been given back since the line was joined.
                    guard state.lent == settings.connections else { return grant(from: &state) }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return (nil, [])
                }
                withExtendedLifetime(gone) {}
                if let place { continuation.resume(returning: place) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.leftEarly.insert(id)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: .givenUp)
        }
    }

    /// Closes from time to time what is idle for long; ends with the pool, or when nothing is idle.
    private func sweep() {
        Task { [weak self, pause = settings.idleLife / 2] in
            repeat { try? await Task.sleep(for: pause) } while self?.closeAged() ?? false
        }
    }

    /// - Returns: whether any are idle still.
    private func closeAged() -> Bool {
        let now = ContinuousClock.now
        let (remain, aged) = state.withLock { state in
            let aged = state.idle.filter {
                now - $0.since >= settings.idleLife || now - $0.connection.opened >= settings.connectionLife
            }
            state.idle.removeAll { idle in aged.contains { $0.connection === idle.connection } }
            state.isSweeping = !state.idle.isEmpty
            return (state.isSweeping, aged)
        }
        // Closed here, outside the lock.
        withExtendedLifetime(aged) {}
        return remain
    }
}
