import Foundation
import Storage

/// What the development provider knows, in an open transaction.
struct DevelopmentTill {
    let payments: DevelopmentPayments
    let session: any WriteSession
    let now: Timestamp

    enum Kind: String, SQLConvertible {
        case customer, checkout, subscription, invoice, price, request
    }

    func save(
        _ value: some Encodable, as kind: Kind, _ id: String, of customer: CustomerID? = nil,
        at moment: Timestamp? = nil
    ) throws {
        try session.execute(
            """
            INSERT INTO development_payments (id, kind, customer, content, created_at)
            VALUES (\(Self.key(kind, id)), \(kind), \(customer), \(try JSONText.encode(value)), \(moment ?? now))
            ON CONFLICT (id) DO UPDATE SET content = excluded.content
            """)
    }

    func find<Value: Decodable>(_ type: Value.Type, _ kind: Kind, _ id: String) throws -> Value? {
        try Self.find(type, kind, id, in: session)
    }

    static func find<Value: Decodable>(
        _ type: Value.Type, _ kind: Kind, _ id: String, in session: any ReadSession
    ) throws -> Value? {
        try session.row("SELECT content FROM development_payments WHERE id = \(key(kind, id))").map {
            try decode(type, $0)
        }
    }

    static func all<Value: Decodable>(
        _ type: Value.Type, _ kind: Kind, of customer: CustomerID, in session: any ReadSession
    ) throws -> [Value] {
        try session.rows(
            """
            SELECT content FROM development_payments WHERE customer = \(customer) AND kind = \(kind)
            ORDER BY created_at DESC, id DESC
            """
        ).map { try decode(type, $0) }
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ row: Row) throws -> Value {
        try JSONDecoder().decode(type, from: Data(try row.get("content", as: String.self).utf8))
    }

    private static func key(_ kind: Kind, _ id: String) -> String { "\(kind.rawValue)/\(id)" }

    /// A name that nobody had: `sub_dev_…`.
    static func name<Entity>(_ prefix: String) throws -> ProviderReference<Entity> {
        let text = "\(prefix)_dev_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
        guard let name = ProviderReference<Entity>(text) else { throw PaymentError.unreadable("a name of our own") }
        return name
    }

    /// Two that are open could both be paid.
    func closeCheckouts(of customer: CustomerID) throws {
        for var open in try Self.all(DevelopmentCheckout.self, .checkout, of: customer, in: session)
        where open.subscription == nil && now < open.expiresAt {
            open.expiresAt = now
            try save(open, as: .checkout, open.id, of: customer)
        }
    }

    /// What the same request made before, or what `make` makes now.
    func once<Value: Codable>(_ request: RequestKey, _ make: () throws -> Value) throws -> Value {
        if let made = try find(Value.self, .request, request.text) { return made }
        let made = try make()
        try save(made, as: .request, request.text)
        return made
    }

    func subscription(_ id: SubscriptionID) throws -> DevelopmentSubscription {
        guard let kept = try find(DevelopmentSubscription.self, .subscription, id.text) else {
            throw PaymentError.notFound
        }
        return kept
    }

    /// The next second in which something may happen to it.
    func moment(for kept: DevelopmentSubscription) -> Timestamp {
        let second = Timestamp(milliseconds: now.milliseconds / 1_000 * 1_000)
        return max(second, kept.lastEventAt + .seconds(1))
    }

    /// Keeps a subscription as it is now, and tells of it.
    @discardableResult
    func tell(
        _ kept: DevelopmentSubscription, _ type: String = "customer.subscription.updated", at moment: Timestamp? = nil
    ) throws -> Subscription {
        var kept = kept
        kept.lastEventAt = moment ?? self.moment(for: kept)
        let picture = kept.picture
        try save(kept, as: .subscription, picture.id.text, of: picture.customer, at: picture.createdAt)
        try tell(type, .subscription(picture), at: kept.lastEventAt)
        return picture
    }

    func tell(_ type: String, _ content: PaymentEvent.Content, at moment: Timestamp) throws {
        let event = PaymentEvent(id: try Self.name("evt"), type: type, createdAt: moment, content: content)
        _ = try payments.intake.accept(event, body: Array(try JSONText.encode(event).utf8), in: session)
    }

    func tell(_ invoice: Invoice, at moment: Timestamp) throws {
        try save(invoice, as: .invoice, invoice.id.text, of: invoice.customer, at: invoice.createdAt)
        let type =
            switch invoice.status {
            case .draft: "invoice.created"
            case .open: "invoice.payment_failed"
            case .paid: "invoice.paid"
            case .uncollectible: "invoice.marked_uncollectible"
            case .void: "invoice.voided"
            }
        try tell(type, .invoice(invoice), at: moment)
    }
}
