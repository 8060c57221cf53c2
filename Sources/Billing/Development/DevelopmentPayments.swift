import Foundation
import Storage

/// A provider without a network and without money, for development and tests: it walks through the same states as the real
/// one, and tells of them in the same events.
///
/// What it knows is in a table of the service's own database, so that the server and the command line share it. Each thing it
/// does and the event that tells of it are one transaction. **Whoever may use it can have every plan for nothing**: the
/// program that is put together from this module makes one only where its profile is development, and serves the page at
/// ``checkoutPath`` only then.
///
/// Its checkout is a page of the service itself, which calls ``complete(checkout:paying:)``. What else happens at a real
/// provider is brought about by ``pay(_:)``, ``failPayment(_:)``, ``advance(_:to:)``, ``expire(_:)`` and ``pause(_:)``.
public struct DevelopmentPayments: Sendable {
    /// Before the name of a checkout.
    public static let checkoutPath = "/dev/checkout/"

    let database: any Database
    let clock: any WallClock
    private let baseURL: String
    private let effect: WebhookIntake.Effect

    /// - Parameters:
    ///   - baseURL: of the service, without a slash at the end.
    ///   - effect: of the events, as for ``WebhookIntake``.
    public init(
        _ database: any Database, baseURL: String, clock: any WallClock = SystemClock(),
        effect: @escaping WebhookIntake.Effect = { _, _ in }
    ) {
        (self.database, self.baseURL, self.clock, self.effect) = (database, baseURL, clock, effect)
    }

    /// By which its events are taken. Nothing can be sent to it from outside: it has no secret.
    public var intake: WebhookIntake {
        WebhookIntake(database, provider: self, clock: clock, effect: effect)
    }

    func checkoutURL(_ id: String) -> String { baseURL + Self.checkoutPath + id }
    var portalURL: String { baseURL + "/dev/portal" }

    /// A change and its events in one transaction.
    func change<Value: Sendable>(
        _ body: @escaping @Sendable (DevelopmentTill) throws -> Value
    ) async throws(PaymentError) -> Value {
        do {
            return try await database.write { session in
                try body(DevelopmentTill(payments: self, session: session, now: clock.now()))
            }
        } catch {
            throw Self.paymentError(error)
        }
    }

    func look<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadSession) throws -> Value
    ) async throws(PaymentError) -> Value {
        do {
            return try await database.read(body)
        } catch {
            throw Self.paymentError(error)
        }
    }

    private static func paymentError(_ error: any Error) -> PaymentError {
        switch error {
        case let error as PaymentError: error
        case let error as DatabaseError: .unavailable(error.description)
        default: .unavailable("\(type(of: error))")
        }
    }
}

/// A checkout as it is kept, for the page.
public struct DevelopmentCheckout: Equatable, Sendable, Codable {
    public let id: String
    public let account: AccountID
    public let customer: CustomerID
    public let items: [Subscription.Item]
    public let trialDays: Int
    public let successURL: String
    public let cancelURL: String
    public var expiresAt: Timestamp
    /// What came of it.
    public var subscription: SubscriptionID?
}

/// A subscription as the provider itself keeps it.
struct DevelopmentSubscription: Codable, Sendable {
    var picture: Subscription
    /// Each of its events has a second of its own, also when its time was turned on.
    var lastEventAt: Timestamp
}
