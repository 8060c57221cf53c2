import Foundation
import Storage

/// What the provider told of invoices, put together so that the order of telling does not matter.
public struct Invoices: Sendable {
    public init() {}

    /// Adds a picture: one that is further on counts, then the later one.
    ///
    /// - Returns: the invoice as it stands now, and whether the picture is the one that counts.
    @discardableResult
    public func note(
        _ picture: Invoice, at moment: Timestamp, from event: EventID, in session: any WriteSession
    ) throws -> (invoice: Invoice, isStale: Bool) {
        if picture.refunded > 0 { try note(refunds: picture.refunded, of: picture.id, in: session) }
        let row = try session.row("SELECT * FROM invoices WHERE id = \(picture.id) \(.forUpdate)")
        if let row {
            let known: Invoice.Status = try row.get("status")
            let (knownAt, source) = (
                try row.get("noted_at", as: Timestamp.self), try row.get("source", as: String.self)
            )
            if (known.rank, knownAt, source) >= (picture.status.rank, moment, event.text) {
                return (try find(picture.id, in: session) ?? picture, true)
            }
        }
        try session.execute(
            """
            INSERT INTO invoices (id, customer, status, picture, created_at, noted_at, source)
            VALUES (\(picture.id), \(picture.customer), \(picture.status), \(try JSONText.encode(picture)),
                \(picture.createdAt), \(moment), \(event.text))
            ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, status = excluded.status,
                picture = excluded.picture, created_at = excluded.created_at, noted_at = excluded.noted_at,
                source = excluded.source
            """)
        return (try find(picture.id, in: session) ?? picture, false)
    }

    /// Notes how much of an invoice has been given back in all, whether it is known or not. It never becomes less.
    ///
    /// - Returns: whether it was less before.
    @discardableResult
    public func note(
        refunds total: Int, of invoice: InvoiceID, in session: any WriteSession
    ) throws(DatabaseError) -> Bool {
        try session.execute(
            """
            INSERT INTO invoice_refunds (invoice, total) VALUES (\(invoice), \(total))
            ON CONFLICT (invoice) DO UPDATE SET total = excluded.total WHERE invoice_refunds.total < excluded.total
            """) > 0
    }

    public func find(_ id: InvoiceID, in session: any ReadSession) throws(DatabaseError) -> Invoice? {
        guard let row = try session.row("\(Self.all) WHERE invoices.id = \(id)") else { return nil }
        return try Invoice(row)
    }

    /// Those of an account, newest first.
    public func list(
        of account: AccountID, _ page: PageRequest = PageRequest(), in session: any ReadSession
    ) throws -> Page<Invoice> {
        let rows = try session.rows(
            """
            \(Self.all) WHERE customer IN (SELECT customer FROM billing_customers WHERE account = \(account))
                \(page.newestFirst)
            """)
        return Page(try rows.map(Invoice.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }

    func each(_ sql: SQL, in session: any ReadSession, _ body: (Invoice, Row) throws -> Void) throws {
        try session.each(sql) { try body(Invoice($0), $0) }
    }

    private static let all: SQL =
        "SELECT picture, total AS refunds FROM invoices LEFT JOIN invoice_refunds ON invoice_refunds.invoice = invoices.id"
}

extension Invoice {
    fileprivate init(_ row: Row) throws(DatabaseError) {
        let text: String = try row.get("picture")
        guard let picture = try? JSONDecoder().decode(Invoice.self, from: Data(text.utf8)) else {
            throw .unexpected("an invoice cannot be read")
        }
        self = picture
        refunded = max(refunded, try row.get(optional: "refunds") ?? 0)
    }
}

extension Invoice.Status {
    /// How far on it is: an invoice never goes back.
    var rank: Int {
        switch self {
        case .draft: 0
        case .open: 1
        case .uncollectible: 2
        case .void: 3
        case .paid: 4
        }
    }
}
