import Auth
import Storage
import Synchronization

/// Wakes all who follow events in this process: by the signals of those who append, and, where the database brings none from
/// other processes, by looking for all of them at once. Ends the feeds of who is signed out.
///
/// It works while somebody follows.
final class EventWatch: Sendable {
    /// The newest number of each of some topics that has one.
    typealias Newest = @Sendable ([Topic], any ReadSession) throws -> [Topic: Int64]

    let pace: EventPace
    private let database: any Database
    private let signals: any ChangeSignals
    private let principals: LivePrincipals
    private let newest: Newest
    private let state = Mutex(State())

    private struct State {
        var followers: [Int: Entry] = [:]
        var counts: [AccountID: Int] = [:]
        var next = 0
        /// As they were seen last, of topics that somebody follows.
        var latest: [Topic: Int64] = [:]
        var work: Task<Void, Never>?
    }

    private struct Entry {
        let principal: Principal
        let topic: Topic
        let wake: AsyncStream<Void>.Continuation
        let ending: Ending
        let forwarding: Task<Void, Never>
    }

    /// - Parameter newest: looks where no signal tells of other processes.
    init(
        _ database: any Database, _ signals: any ChangeSignals, _ principals: LivePrincipals, pace: EventPace,
        newest: @escaping Newest
    ) {
        (self.database, self.signals, self.newest) = (database, signals, newest)
        (self.principals, self.pace) = (principals, pace)
    }

    /// - Throws: ``ServiceError`` `.rateLimited` when the account follows too much already.
    func join(_ principal: Principal, _ topic: Topic) throws(ServiceError) -> Follower {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (ending, account) = (Ending(), principal.user)
        let signals = signals.signals(on: topic.signal)
        let id = state.withLock { state -> Int? in
            guard state.counts[account, default: 0] < Events.mostFeeds else { return nil }
            state.counts[account, default: 0] += 1
            state.next += 1
            let forwarding = Task { for await _ in signals { wake.yield() } }
            state.followers[state.next] = Entry(
                principal: principal, topic: topic, wake: wake, ending: ending, forwarding: forwarding)
            if state.work == nil { state.work = Task { await self.work() } }
            return state.next
        }
        guard let id else {
            throw .rateLimited(
                retryAfter: .seconds(10),
                "\(Events.mostFeeds) feeds of yours are open already: close one, or let your devices share them")
        }
        return Follower(topic: topic, wakes: wakes, wake: wake, ending: ending) { [weak self] in
            self?.leave(id, of: account)
        }
    }

    private func leave(_ id: Int, of account: AccountID) {
        let entry = state.withLock { state in
            let entry = state.followers.removeValue(forKey: id)
            let count = state.counts[account, default: 1] - 1
            state.counts[account] = count > 0 ? count : nil
            if state.followers.isEmpty {
                state.work?.cancel()
                (state.work, state.latest) = (nil, [:])
            }
            return entry
        }
        entry?.forwarding.cancel()
    }

    /// How many follow at the moment.
    var count: Int { state.withLock { $0.followers.count } }

    private func work() async {
        // Signals that are of this process alone tell nothing of others.
        let looks = signals is LocalSignals
        let clock = ContinuousClock()
        var (checked, beaten) = (clock.now, clock.now)
        while (try? await Task.sleep(for: looks ? min(pace.look, pace.check) : pace.check)) != nil {
            if looks { await look() }
            if clock.now - checked >= pace.check {
                await check()
                checked = clock.now
            }
            if clock.now - beaten >= pace.heartbeat {
                for entry in entries { entry.wake.yield() }
                beaten = clock.now
            }
        }
    }

    private var entries: [Entry] { state.withLock { Array($0.followers.values) } }

    private func look() async {
        let topics = Array(Set(entries.map(\.topic)))
        // A database that is away is asked again.
        guard let latest = try? await database.read({ [newest] in try newest(topics, $0) }) else { return }
        let woken = state.withLock { state in
            let changed = Set(topics.filter { latest[$0] != state.latest[$0] })
            state.latest = latest
            return state.followers.values.filter { changed.contains($0.topic) }
        }
        for entry in woken { entry.wake.yield() }
    }

    private func check() async {
        let entries = entries
        let ended = try? await database.read { [principals] in
            try principals.ended(among: entries.map(\.principal), in: $0)
        }
        for index in ended ?? [] {
            entries[index].ending.reason = .signedOut
            entries[index].wake.finish()
        }
    }
}

extension EventWatch {
    enum Reason: Sendable {
        case closed, signedOut
    }

    /// Why a feed ended; the first reason stays.
    final class Ending: Sendable {
        private let kept = Mutex<Reason?>(nil)

        var reason: Reason? {
            get { kept.withLock { $0 } }
            set { kept.withLock { $0 = $0 ?? newValue } }
        }
    }

    /// A place among those who follow, left with the last use of it.
    final class Follower: Sendable {
        let topic: Topic
        let wakes: AsyncStream<Void>
        private let wake: AsyncStream<Void>.Continuation
        private let ending: Ending
        private let leave: @Sendable () -> Void

        init(
            topic: Topic, wakes: AsyncStream<Void>, wake: AsyncStream<Void>.Continuation, ending: Ending,
            leave: @escaping @Sendable () -> Void
        ) {
            (self.topic, self.wakes, self.wake, self.ending, self.leave) = (topic, wakes, wake, ending, leave)
        }

        deinit { leave() }

        func end(_ reason: Reason) {
            ending.reason = reason
            wake.finish()
        }

        /// Has the follower look without a cause of its topic's.
        func nudge() { wake.yield() }

        /// For a feed whose wakes have ended.
        func checkEnd() throws(ServiceError) {
            guard ending.reason == .signedOut else { return }
            throw .unauthorized("the session or key ended by which this feed was asked for: sign in again")
        }
    }
}
