import Storage

/// Work that is done now and then, by one of the servers of an installation. When it is due is written down, so that a
/// restart does not begin to wait anew.
struct Occasion {
    let name: String
    /// Between two times.
    let interval: Duration
    /// Whether it is put off by an interval where nobody knows when it was done last, or that was long ago: the rows may be
    /// those of another time, and whoever brought them should see it before anything is lost.
    var isCautious = false

    /// All objects are compared with all rows.
    static let orphans = Occasion(name: "orphans", interval: .seconds(86_400), isCautious: true)
    /// What the payment provider told long ago is forgotten where it decides nothing.
    static let pictures = Occasion(name: "pictures", interval: .seconds(86_400))
    /// After a failure.
    static let retry = Duration.seconds(900)
    /// After the work began, if nothing is heard of who does it.
    static let claim = Duration.seconds(3600)

    /// Does `work` if it is due, and nobody else does it.
    func attend(
        _ keyValues: any KeyValueStore, _ clock: any WallClock, _ work: () async throws -> Void
    ) async throws {
        let (key, now, due) = (try key, clock.now(), try await keyValues.get(key))
        let moment = due.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }.map(Timestamp.init(milliseconds:))
        if let moment, now < moment { return }
        if isCautious, moment.map({ $0 + interval < now }) ?? true {
            _ = try await keyValues.compareAndSet(key, from: due, to: Self.value(now + interval), expiresIn: nil)
            return
        }
        let claimed = Self.value(now + min(Self.claim, interval))
        guard try await keyValues.compareAndSet(key, from: due, to: claimed, expiresIn: nil) else { return }
        do {
            try await work()
        } catch {
            _ = try await keyValues.compareAndSet(key, from: claimed, to: Self.value(now + Self.retry), expiresIn: nil)
            throw error
        }
        _ = try await keyValues.compareAndSet(key, from: claimed, to: Self.value(now + interval), expiresIn: nil)
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
