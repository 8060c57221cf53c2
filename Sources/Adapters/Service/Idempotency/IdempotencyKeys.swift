import Auth
import Storage

/// Requests that clients gave a key, and their answers: a repeat gets the same bytes, and nothing is done twice.
///
/// A key is claimed by one run at a time, for a lease that is renewed while it runs. When the process is gone, a repeat takes
/// the run's place after ``lease``; the receipt that the first one left, if any, tells it what was done. The rows hold
/// digests of keys and sealed answers: see ``AnswerSeal``.
public struct IdempotencyKeys: Sendable {
    /// For how long an answer is kept.
    public static let life = Duration.seconds(24 * 3600)
    /// After which a run that is not heard of has lost its place.
    public static let lease = Duration.seconds(60)
    /// After which who asks meanwhile is to ask again.
    static let pauseWhileRunning = Duration.seconds(1)

    let database: any Database
    let clock: any WallClock
    private let secrets: @Sendable () -> [[UInt8]]
    private let pause: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - keys: of the installation; the answers are sealed by those for links too, of which the old ones are known for
    ///     longer than any answer is kept.
    ///   - pause: waits; throws when it is cancelled.
    public init(
        _ database: any Database, keys: Keys, clock: any WallClock = SystemClock(),
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        (self.database, self.clock, self.pause) = (database, clock, pause)
        secrets = { keys.secrets(for: .link).map(\.secret.bytes) }
    }

    /// Asks whether to run a request.
    ///
    /// - Throws: ``IdempotencyRefusal/running(retryAfter:)``, ``IdempotencyRefusal/otherRequest``,
    ///   ``IdempotencyRefusal/noAnswer``, ``DatabaseError``.
    public func claim(
        _ key: IdempotencyKey, of scope: IdempotencyScope, for request: RequestFingerprint
    ) async throws -> IdempotencyClaim {
        let name = scope.name(of: key)
        let fresh = KeptRequest(
            name: name, head: request.head, body: request.body, run: .random(), salt: Secret.random(count: 16).bytes,
            leaseUntil: clock.now() + Self.lease, receipt: nil, answer: nil)
        let now = clock.now()
        // Every row that is decided on is held, so nobody needs to be undone because others were near.
        let kept = try await database.write(.readCommitted) { session in
            while true {
                if try create(fresh, at: now, in: session) { return fresh }
                guard let kept = try find(name, in: session) else { continue }
                switch kept.standing(for: request, at: now) {
                case .otherRequest: throw IdempotencyRefusal.otherRequest
                case .running: throw IdempotencyRefusal.running(retryAfter: Self.pauseWhileRunning)
                case .interrupted: return try takeOver(kept, by: fresh, at: now, in: session)
                case .done: return kept
                }
            }
        }
        let seal = AnswerSeal(key, salt: kept.salt, secrets: secrets())
        guard kept.leaseUntil == nil else { return .run(IdempotencyTicket(kept, seal: seal)) }
        guard let answer = kept.answer, let body = kept.body else { throw IdempotencyRefusal.noAnswer }
        return .replay(try seal.open(answer, as: "answer \(name)"), of: body)
    }

    /// Writes down which body came in: before anything is done, as only the same body may go on where this run ends.
    ///
    /// - Throws: ``IdempotencyRefusal/otherRequest`` when the run that was cut off had another one,
    ///   ``IdempotencyRefusal/takenOver``, ``DatabaseError``.
    public func note(_ body: BodyFingerprint, for ticket: IdempotencyTicket) async throws {
        try await database.write(.readCommitted) { session in
            guard try setBody(body, of: ticket, in: session) == 0 else { return }
            let isMine = try find(ticket.name, in: session)?.run == ticket.run
            throw isMine ? IdempotencyRefusal.otherRequest : .takenOver
        }
    }

    /// Does `work`, and keeps the run's place meanwhile.
    public func renewing<Value>(_ ticket: IdempotencyTicket, _ work: () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // A lease that cannot be renewed is lost in the end: the next to write anything is told.
                while (try? await pause(Self.lease / 4)) != nil { try? await renew(ticket) }
            }
            defer { group.cancelAll() }
            return try await work()
        }
    }

    func renew(_ ticket: IdempotencyTicket) async throws {
        let now = clock.now()
        _ = try await database.write(.readCommitted) { try extendLease(of: ticket, at: now, in: $0) }
    }

    /// Keeps the answer, for ``life`` from now. One whose place was taken keeps nothing.
    ///
    /// A failure (5xx) of a run that left a receipt is not kept: a repeat answers better.
    ///
    /// - Parameter answer: nil for one that is too long.
    public func finish(_ ticket: IdempotencyTicket, _ answer: KeptAnswer?) async throws {
        let sealed = try answer.map { try ticket.seal.close($0, as: "answer \(ticket.name)") }
        let isFailure = (answer?.status ?? 200) >= 500
        let now = clock.now()
        try await database.write(.readCommitted) { session in
            let ended = try end(ticket, sealed, unlessReceipt: isFailure, at: now, in: session)
            if ended == 0, isFailure { try letGo(ticket, at: now, in: session) }
        }
    }

    /// Gives the place up without an answer: a repeat is run at once.
    public func abandon(_ ticket: IdempotencyTicket) async throws {
        let now = clock.now()
        try await database.write(.readCommitted) { try letGo(ticket, at: now, in: $0) }
    }

    /// Removes what nobody can ask for any more; for the service's upkeep.
    ///
    /// - Parameter batch: in one transaction: those who write meanwhile wait for it.
    /// - Returns: how many.
    @discardableResult
    public func removeExpired(atMost batch: Int = 1_000) async throws -> Int {
        let now = clock.now()
        var (sum, last) = (0, 0)
        repeat {
            last = try await database.write(.readCommitted) { session in
                // The condition again: a key that was taken anew meanwhile stays.
                try session.execute(
                    """
                    DELETE FROM idempotency_keys WHERE expires_at <= \(now) AND name IN (
                        SELECT name FROM idempotency_keys WHERE expires_at <= \(now) LIMIT \(batch))
                    """)
            }
            sum += last
        } while last > 0
        return sum
    }
}

/// What becomes of a request.
public enum IdempotencyClaim: Sendable {
    case run(IdempotencyTicket)
    /// It was done before: this is the answer, if the body is the same.
    case replay(KeptAnswer, of: BodyFingerprint)
}
