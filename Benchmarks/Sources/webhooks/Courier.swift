import Billing
import Foundation
import Storage
import StoragePostgres
import StorageSQLite

/// Takes deliveries over a connection of its own, as the service does, and says after each that it is kept.
struct Courier {
    let address: String
    let round: Round
    let place: Int

    func run(from start: Int) async throws {
        let database = try Self.database(address)
        let signature = StripeSignature(secrets: ["whsec_trial"])
        let intake = WebhookIntake(database, provider: TrialPayments(), signature: signature) { applied, session in
            try session.execute("INSERT INTO effects (event) VALUES (\(applied.event.id))")
        }
        for (number, event) in round.deliveries(of: place).enumerated().dropFirst(start) {
            let body = Array(try JSONEncoder().encode(round.event(event)))
            let header = signature.header(for: body, at: SystemClock().now()) ?? ""
            try await deliver(body, header, to: intake)
            // In one call, unbuffered: the next moment may be the last.
            FileHandle.standardOutput.write(Data("\(number)\n".utf8))
        }
    }

    /// As a provider does: once more, as long as it was not told of success.
    private func deliver(_ body: [UInt8], _ header: String, to intake: WebhookIntake) async throws {
        while true {
            do {
                guard try await intake.receive(body, signature: header) == .failed else { return }
            } catch WebhookIntakeError.notStored {}
        }
    }

    static func database(_ address: String) throws -> any Database {
        guard address.contains("://") else { return try SQLiteDatabase(path: address) }
        var settings = PostgresSettings()
        settings.connections = 1
        return try PostgresDatabase(url: address, settings: settings)
    }

    static let migrations = [
        BillingSchema.migrations,
        // Nothing in the table forbids a second entry: an effect that is had twice is to be seen.
        MigrationSet(module: "trial", [Migration(1, "effects", ["CREATE TABLE effects (event TEXT NOT NULL)"])]),
    ]
}

/// A provider that only reads its own events.
private struct TrialPayments: PaymentProvider {
    let name = "trial"

    func event(from body: [UInt8]) throws(PaymentError) -> PaymentEvent {
        do {
            return try JSONDecoder().decode(PaymentEvent.self, from: Data(body))
        } catch {
            throw .unreadable("no event")
        }
    }

    func createCustomer(_: NewCustomer, once: RequestKey) async throws(PaymentError) -> CustomerID { throw .notFound }
    func startCheckout(_: NewCheckout, once: RequestKey) async throws(PaymentError) -> Checkout { throw .notFound }
    func openPortal(for: CustomerID, returningTo: String) async throws(PaymentError) -> String { throw .notFound }
    func subscription(_: SubscriptionID) async throws(PaymentError) -> Subscription { throw .notFound }
    func subscriptions(of: CustomerID) async throws(PaymentError) -> [Subscription] { throw .notFound }
    func cancel(_: SubscriptionID, atPeriodEnd: Bool, once: RequestKey) async throws(PaymentError) -> Subscription {
        throw .notFound
    }
    func resume(_: SubscriptionID, once: RequestKey) async throws(PaymentError) -> Subscription { throw .notFound }
    func change(
        _: SubscriptionID, by: SubscriptionChange, once: RequestKey
    ) async throws(PaymentError) -> Subscription { throw .notFound }
    func invoices(of: CustomerID, after: InvoiceID?, limit: Int) async throws(PaymentError) -> [Invoice] { [] }
    func publish(_: [PriceOffer]) async throws(PaymentError) -> [PriceName] { [] }
}
