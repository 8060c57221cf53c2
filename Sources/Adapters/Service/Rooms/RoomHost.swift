import Storage
import Synchronization

/// This process among those whose connections are in rooms.
///
/// Its lease is renewed while somebody is in a room by it. When the process dies the lease ends, and with it the presence of
/// all who were there by it.
final class RoomHost: Sendable {
    let id = RoomHostID.random()
    private let database: any Database
    private let clock: any WallClock
    private let interval: Duration
    private let state = Mutex(State())

    private struct State {
        var visits = 0
        var leaseUntil: Timestamp?
        /// Who left while the database was away.
        var leavings: [(@Sendable () async throws -> Void)] = []
        var work: Task<Void, Never>?
    }

    /// - Parameter interval: of renewals; a lease is three of them long.
    init(_ database: any Database, clock: any WallClock, interval: Duration) {
        (self.database, self.clock, self.interval) = (database, clock, interval)
    }

    /// Before a visit begins: it is seen only while there is a lease.
    func begin() async throws {
        let leaseUntil = state.withLock { $0.leaseUntil }
        if leaseUntil.map({ $0 < clock.now() + interval }) ?? true { try await renew() }
        state.withLock { state in
            state.visits += 1
            if state.work == nil { state.work = work() }
        }
    }

    /// Does what takes a visit's traces away, in the end.
    func end(_ leave: @escaping @Sendable () async throws -> Void) async {
        do {
            try await leave()
            release()
        } catch {
            state.withLock { $0.leavings.append(leave) }
        }
    }

    /// After a visit that came to nothing.
    func release() {
        state.withLock { state in
            state.visits -= 1
            guard state.visits == 0 else { return }
            state.work?.cancel()
            state.work = nil
        }
    }

    private func work() -> Task<Void, Never> {
        Task { [weak self, interval] in
            while (try? await Task.sleep(for: interval)) != nil {
                guard let self else { return }
                // A database that is away is asked again; meanwhile the lease may end, and the visits are seen no more.
                try? await self.renew()
                await self.retryLeavings()
            }
        }
    }

    private func renew() async throws {
        let leaseUntil = clock.now() + interval * 3
        try await database.write(.readCommitted) { [id] in try RoomRecords().renew(id, until: leaseUntil, in: $0) }
        state.withLock { $0.leaseUntil = leaseUntil }
    }

    private func retryLeavings() async {
        let leavings = state.withLock { state in
            defer { state.leavings = [] }
            return state.leavings
        }
        for leave in leavings { await end(leave) }
    }
}
