import Storage

extension Invoices {
    /// What came in from whom in a month, less what was given back: by invoices made in it that were paid in US dollars.
    public func revenue(of month: UTCMonth, in session: any ReadSession) throws -> [AccountID: MicroUSD] {
        let (start, end) = (month.first.start, month.last.advanced(by: 1).start)
        var sums: [AccountID: MicroUSD] = [:]
        try each(
            """
            SELECT picture, total AS refunds, account FROM invoices
            JOIN billing_customers ON billing_customers.customer = invoices.customer
            LEFT JOIN invoice_refunds ON invoice_refunds.invoice = invoices.id
            WHERE invoices.created_at >= \(start) AND invoices.created_at < \(end) AND status = 'paid'
            """, in: session
        ) { invoice, row in
            guard invoice.currency == "usd" else { return }
            let (kept, overflow) = invoice.paid.subtractingReportingOverflow(invoice.refunded)
            sums[try row.get("account"), default: .zero] += MicroUSD(cents: overflow ? 0 : max(0, kept))
        }
        return sums
    }
}
