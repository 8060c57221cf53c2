import Crypto
import Storage

/// Takes what the payment provider tells, at least once and in any order, and does the effect of each event exactly once.
///
/// The event, what it changes and its effect are one transaction; only when that is kept the provider is told so.
public struct WebhookIntake: Sendable {
    /// Does what follows from an event, in the transaction that notes it. It may run again after contention, as all that
    /// writes; of what it did only one run is kept.
    public typealias Effect = @Sendable (AppliedEvent, any WriteSession) throws -> Void

    /// Of a body, in bytes.
    public static let largestBody = 256 << 10

    let database: any Database
    let provider: any PaymentProvider
    private let signature: StripeSignature
    let subscriptions = Subscriptions()
    let invoices = Invoices()
    let clock: any WallClock
    let effect: Effect

    /// - Parameter signature: without a secret nothing that comes is taken.
    public init(
        _ database: any Database, provider: any PaymentProvider,
        signature: StripeSignature = StripeSignature(secrets: []),
        clock: any WallClock = SystemClock(), effect: @escaping Effect = { _, _ in }
    ) {
        (self.database, self.provider, self.signature) = (database, provider, signature)
        (self.clock, self.effect) = (clock, effect)
    }

    /// Takes a delivery, as it came from outside.
    ///
    /// - Parameter header: of the signature.
    /// - Returns: what became of it. The provider may be told of success for all but ``WebhookOutcome/failed``.
    /// - Throws: ``WebhookIntakeError``; nothing is kept then.
    public func receive(
        _ body: [UInt8], signature header: String
    ) async throws(WebhookIntakeError) -> WebhookOutcome {
        guard body.count <= Self.largestBody else { throw .tooLarge(limit: Self.largestBody) }
        do {
            try signature.verify(header, body: body, at: clock.now())
        } catch {
            throw .signature(error)
        }
        return try await accept(body)
    }

    /// Takes an event of which it is certain that it is the provider's.
    public func accept(_ body: [UInt8]) async throws(WebhookIntakeError) -> WebhookOutcome {
        guard let event = try? provider.event(from: body) else { throw .unreadable }
        do {
            return try await database.write { try accept(event, body: body, in: $0) }
        } catch {
            return try await note(failure: error, of: event, body: body)
        }
    }

    /// As ``accept(_:)``, in a transaction that is open. What it throws undoes the transaction.
    public func accept(
        _ event: PaymentEvent, body: [UInt8], in session: any WriteSession
    ) throws -> WebhookOutcome {
        let now = clock.now()
        if try insert(event, body: body, as: .failed, reason: nil, at: now, in: session) {
            return try settle(event, in: session)
        }
        let row = try session.row(
            "SELECT outcome, body, digest FROM webhook_events WHERE id = \(event.id) \(.forUpdate)")
        guard let row else { throw DatabaseError.unexpected("an event is there and is not") }
        try session.execute("UPDATE webhook_events SET deliveries = deliveries + 1 WHERE id = \(event.id)")
        if try row.get("digest", as: String.self) != Self.digest(body) {
            try session.execute(
                "UPDATE webhook_events SET reason = 'it came with another body too' WHERE id = \(event.id)")
        }
        let known: WebhookOutcome = try row.get("outcome")
        guard known == .failed || known == .waiting else { return .duplicate }
        // What came first is what counts, whatever comes under its name later.
        let stored = try row.get(optional: "body", as: [UInt8].self)
        let outcome = try settle(try stored.map(provider.event(from:)) ?? event, in: session)
        return outcome == .waiting ? .duplicate : outcome
    }

    /// Puts down an event whose effect went wrong, so that operators see it. What may be only a matter of time is left to the
    /// provider, who tries again.
    private func note(
        failure: any Error, of event: PaymentEvent, body: [UInt8]
    ) async throws(WebhookIntakeError) -> WebhookOutcome {
        switch failure as? DatabaseError {
        case .busy?: throw .notStored(.busy)
        case .unavailable(let reason)?: throw .notStored(.unavailable(reason))
        default: break
        }
        // Other errors may tell what nobody is to read: only their kind is kept.
        let reason = (failure as? DatabaseError).map(\.description) ?? "\(type(of: failure))"
        do {
            try await database.write { session in
                let isNew = try insert(event, body: body, as: .failed, reason: reason, at: clock.now(), in: session)
                guard !isNew else { return }
                try session.execute(
                    """
                    UPDATE webhook_events SET deliveries = deliveries + 1, reason = \(reason)
                    WHERE id = \(event.id) AND outcome IN ('failed', 'waiting')
                    """)
            }
            return .failed
        } catch {
            throw .notStored(error as? DatabaseError ?? .unexpected("\(type(of: error))"))
        }
    }

    private func insert(
        _ event: PaymentEvent, body: [UInt8], as outcome: WebhookOutcome, reason: String?, at now: Timestamp,
        in session: any WriteSession
    ) throws(DatabaseError) -> Bool {
        try session.execute(
            """
            INSERT INTO webhook_events (id, type, happened_at, created_at, outcome, reason, customer, body, digest, deliveries)
            VALUES (\(event.id), \(event.type), \(event.createdAt), \(now), \(outcome), \(reason),
                \(event.customer), \(body), \(Self.digest(body)), 1)
            ON CONFLICT (id) DO NOTHING
            """) > 0
    }

    private static func digest(_ body: [UInt8]) -> String {
        Checksum.hex(SHA256.hash(data: body))
    }
}

extension PaymentEvent {
    /// Whether it is of a subscription that has not ended.
    var tellsOfAccess: Bool {
        if case .subscription(let subscription) = content { !subscription.status.isTerminal } else { false }
    }

    /// Whose it is at the provider, as far as it tells.
    var customer: CustomerID? {
        switch content {
        case .subscription(let subscription): subscription.customer
        case .invoice(let invoice): invoice.customer
        case .checkout(let customer, _, _): customer
        case .refund(_, let customer, _): customer
        case .other: nil
        }
    }

    /// Whose it is here, as far as it tells.
    var account: AccountID? {
        switch content {
        case .subscription(let subscription): subscription.account
        case .checkout(_, let account, _): account
        case .invoice, .refund, .other: nil
        }
    }
}
