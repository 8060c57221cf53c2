import Storage

/// Work that is done now and then, by one of the servers of an installation. When it is due is written down, so that a
/// restart does not begin to wait anew.
struct Occasion {
    let name: String
    /// Between two times.
    let interval: Duration

    /// All objects are compared with all rows.
    static let orphans = Occasion(name: "orphans", interval: .seconds(86_400))
    /// How old pending objects are: a request for each.
    static let lifecycle = Occasion(name: "lifecycle", interval: .seconds(3600))
    /// After a failure.
    static let retry = Duration.seconds(900)

    /// Does `work` if it is due, and nobody else does it.
    func attend(
        _ keyValues: any KeyValueStore, _ clock: any WallClock, _ work: () async throws -> Void
    ) async throws {
        let (key, now, due) = (try key, clock.now(), try await keyValues.get(key))
        if let moment = due.flatMap({ Int64(String(decoding: $0, as: UTF8.self)) }), now.milliseconds < moment {
            return
        }
        let next = Self.value(now + interval)
        guard try await keyValues.compareAndSet(key, from: due, to: next, expiresIn: nil) else { return }
        do {
            try await work()
        } catch {
            _ = try await keyValues.compareAndSet(key, from: next, to: Self.value(now + Self.retry), expiresIn: nil)
            throw error
        }
    }

    /// It is due a whole interval from now.
    func postpone(_ keyValues: any KeyValueStore, _ clock: any WallClock) async throws {
        try await keyValues.put(Self.value(clock.now() + interval), for: key, expiresIn: nil)
    }

    private var key: KeyValueKey {
        get throws(KeyValueError) { try KeyValueKey("upkeep:\(name)") }
    }

    private static func value(_ due: Timestamp) -> [UInt8] {
        Array(String(due.milliseconds).utf8)
    }
}
