import Foundation
import FreshDatabases
import Storage
import StoragePostgres
import StorageSQLite
import StorageTestKit
import Synchronization

@testable import Billing

/// An intake over an empty database whose effect is an entry in a table that forbids no second one.
struct Counter {
    static let secret = "whsec_test_9f3b2c1d"
    static let ledger = MigrationSet(
        module: "ledger",
        [Migration(1, "effects", ["CREATE TABLE effects (event TEXT NOT NULL, outcome TEXT NOT NULL)"])])

    let database: any Database
    let clock: ManualClock
    let intake: WebhookIntake
    let subscriptions = Subscriptions()
    let signature = StripeSignature(secrets: [Counter.secret])

    init(
        _ database: (any Database)? = nil, provider: (any PaymentProvider)? = nil,
        clock: ManualClock = ManualClock(moment("2026-11-22T12:00:00.000Z")),
        effect: @escaping WebhookIntake.Effect = Counter.enter
    ) async throws {
        self.database = if let database { database } else { try await FreshDatabase.make() }
        self.clock = clock
        intake = WebhookIntake(
            self.database, provider: provider ?? ScriptedPayments(), signature: signature, clock: clock, effect: effect)
        try await self.database.migrate([BillingSchema.migrations, Self.ledger], at: clock.now())
    }

    static let enter: WebhookIntake.Effect = { applied, session in
        try session.execute(
            "INSERT INTO effects (event, outcome) VALUES (\(applied.event.id), \(applied.outcome))")
    }

    /// Through another connection.
    func through(_ database: any Database) -> WebhookIntake {
        WebhookIntake(
            database, provider: ScriptedPayments(), signature: signature, clock: clock, effect: Self.enter)
    }

    /// As it comes from outside.
    func deliver(_ event: PaymentEvent) async throws -> WebhookOutcome {
        let body = try Self.body(event)
        return try await intake.receive(body, signature: signature.header(for: body, at: clock.now()) ?? "")
    }

    static func body(_ event: PaymentEvent) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return Array(try encoder.encode(event))
    }

    func effects() async throws -> [String: Int] {
        let events = try await database.read { session in
            try session.rows("SELECT event FROM effects").map { try $0.get("event", as: String.self) }
        }
        return Dictionary(events.map { ($0, 1) }, uniquingKeysWith: +)
    }

    func find(_ id: SubscriptionID) async throws -> Subscription? {
        try await database.read { try subscriptions.find(id, in: $0) }
    }

    func isSuspect(_ id: SubscriptionID) async throws -> Bool {
        try await database.read { try subscriptions.isSuspect(id, in: $0) }
    }

    func event(_ id: EventID) async throws -> WebhookEvent? {
        try await database.read { try intake.find(id, in: $0) }
    }
}

/// A provider that says what a test tells it to.
final class ScriptedPayments: PaymentProvider {
    let name = "scripted"
    private let state = Mutex<(subscriptions: [CustomerID: [Subscription]], away: Set<CustomerID>)>(([:], []))

    func say(_ subscriptions: [Subscription], of customer: CustomerID) {
        state.withLock { $0.subscriptions[customer] = subscriptions }
    }

    func go(awayFrom customer: CustomerID) {
        state.withLock { _ = $0.away.insert(customer) }
    }

    func subscriptions(of customer: CustomerID) async throws(PaymentError) -> [Subscription] {
        let answer = state.withLock { $0.away.contains(customer) ? nil : $0.subscriptions[customer] ?? [] }
        guard let answer else { throw .unavailable("it is away") }
        return answer
    }

    func event(from body: [UInt8]) throws(PaymentError) -> PaymentEvent {
        do {
            return try JSONDecoder().decode(PaymentEvent.self, from: Data(body))
        } catch {
            throw .unreadable("no event")
        }
    }

    func createCustomer(_ customer: NewCustomer, once key: RequestKey) async throws(PaymentError) -> CustomerID {
        throw .refused("not scripted")
    }
    func startCheckout(_ checkout: NewCheckout, once key: RequestKey) async throws(PaymentError) -> Checkout {
        throw .refused("not scripted")
    }
    func openPortal(for customer: CustomerID, returningTo url: String) async throws(PaymentError) -> String {
        throw .refused("not scripted")
    }
    func subscription(_ id: SubscriptionID) async throws(PaymentError) -> Subscription { throw .notFound }
    func cancel(
        _ id: SubscriptionID, atPeriodEnd: Bool, once key: RequestKey
    ) async throws(PaymentError) -> Subscription { throw .notFound }
    func resume(_ id: SubscriptionID, once key: RequestKey) async throws(PaymentError) -> Subscription {
        throw .notFound
    }
    func change(
        _ id: SubscriptionID, by change: SubscriptionChange, once key: RequestKey
    ) async throws(PaymentError) -> Subscription { throw .notFound }
    func invoices(of customer: CustomerID, after: InvoiceID?, limit: Int) async throws(PaymentError) -> [Invoice] {
        []
    }
    func publish(_ offers: [PriceOffer]) async throws(PaymentError) -> [PriceName] { [] }
}

/// A name of the provider's, from a text that is one.
func reference<Entity>(_ text: String) -> ProviderReference<Entity> {
    guard let reference = ProviderReference<Entity>(text) else { preconditionFailure("'\(text)' is no reference") }
    return reference
}

func at(_ seconds: Int) -> Timestamp { Timestamp(milliseconds: Int64(seconds) * 1_000) }

extension Subscription {
    static func picture(_ status: SubscriptionStatus) -> Subscription { .picture(for: nil, status) }

    static func picture(
        _ id: String = "sub_1", of customer: String = "cus_1", for account: AccountID? = nil,
        _ status: SubscriptionStatus, ends: Int = 2_000_000_000, items: [Item] = [Item(price: reference("pro-month-1"))]
    ) -> Subscription {
        Subscription(
            id: reference(id), customer: reference(customer), account: account, status: status, items: items,
            period: BillingPeriod(start: at(0), end: at(ends)), createdAt: at(50))
    }
}

extension PaymentEvent {
    static func of(
        _ picture: Subscription, _ id: String, at seconds: Int, type: String = "customer.subscription.updated"
    ) -> PaymentEvent {
        PaymentEvent(id: reference(id), type: type, createdAt: at(seconds), content: .subscription(picture))
    }
}

/// Several connections to one database, on the engine under test.
struct Connections {
    let databases: [any Database]
    private let folder: URL

    init(_ count: Int) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "webhooks-\(UUID().uuidString)")
        if FreshDatabase.postgresURL != nil {
            let schema = try await FreshDatabase.schema()
            databases = try (0..<count).map { _ in try schema.database { $0.connections = 1 } }
        } else {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let path = folder.appending(path: "test.sqlite").path
            databases = try (0..<count).map { _ in try SQLiteDatabase(path: path) }
        }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
