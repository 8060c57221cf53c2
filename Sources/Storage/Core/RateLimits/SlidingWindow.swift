/// The actions of one key that still count, for a limit in every stretch of time as long as the window.
///
/// Exact while they are few: an action counts for the length of the window, to the millisecond. Actions within the same
/// 64th of the window are kept as one entry at the time of the last, so that the state stays small; they count up to that
/// 64th longer than they had to. So never more than the limit passes in any window, wherever it begins.
///
/// Refused actions are not counted: who goes on trying is let in as soon as the window allows it.
struct SlidingWindow: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        /// Milliseconds since 1970, of the last of its actions.
        var time: Int64
        var count: Int
    }

    /// In the window; with the one that is half out of it, there are at most 65 entries.
    static let slots: Int64 = 64

    /// Oldest first.
    private(set) var entries: [Entry]

    init(entries: [Entry] = []) {
        self.entries = entries
    }

    /// Counts an action, if it is within `limit`.
    mutating func count(at now: Timestamp, against limit: RateLimit) -> RateVerdict {
        tidy(at: now, limit)
        let before = verdict(at: now, limit)
        guard before.isAllowed else { return before }
        add(Entry(time: now.milliseconds, count: 1), limit)
        return RateVerdict(limit: limit.count, remaining: before.remaining - 1, reset: limit.window)
    }

    /// What ``count(at:against:)`` would say, without counting.
    func look(at now: Timestamp, against limit: RateLimit) -> RateVerdict {
        var copy = self
        copy.tidy(at: now, limit)
        return copy.verdict(at: now, limit)
    }

    /// Forgets what is out of the window.
    ///
    /// An action from the future was counted before the clock was set back, or by a machine whose clock is ahead: it is
    /// taken to happen now. That is never earlier than it did, so the limit holds, and nobody waits longer than a window.
    private mutating func tidy(at now: Timestamp, _ limit: RateLimit) {
        let (old, end) = (entries, now - limit.window)
        entries = []
        for entry in old {
            let time = min(entry.time, now.milliseconds)
            if time > end.milliseconds { add(Entry(time: time, count: entry.count), limit) }
        }
    }

    /// - Parameter entry: no older than the others.
    private mutating func add(_ entry: Entry, _ limit: RateLimit) {
        let slot = (limit.milliseconds + Self.slots - 1) / Self.slots
        if let last = entries.indices.last, entries[last].time / slot == entry.time / slot {
            entries[last] = Entry(time: entry.time, count: entries[last].count + entry.count)
        } else {
            entries.append(entry)
        }
    }

    private func verdict(at now: Timestamp, _ limit: RateLimit) -> RateVerdict {
        let used = entries.reduce(0) { $0 + $1.count }
        let reset = entries.last.map { left(of: $0, limit, now) } ?? .zero
        guard used >= limit.count else {
            return RateVerdict(limit: limit.count, remaining: limit.count - used, reset: reset)
        }
        return RateVerdict(
            limit: limit.count, remaining: 0, reset: reset, retryAfter: wait(used: used, limit, now))
    }

    /// Until so many have left the window that one more is allowed.
    private func wait(used: Int, _ limit: RateLimit, _ now: Timestamp) -> Duration {
        var left = used
        for entry in entries {
            left -= entry.count
            if left < limit.count { return self.left(of: entry, limit, now) }
        }
        return limit.window
    }

    private func left(of entry: Entry, _ limit: RateLimit, _ now: Timestamp) -> Duration {
        Timestamp(milliseconds: entry.time) + limit.window - now
    }
}
