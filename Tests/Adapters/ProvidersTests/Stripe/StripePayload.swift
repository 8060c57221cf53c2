/// What Stripe sends, in its shapes of 2024-06-20 and 2025-03-31, with the members that matter and some that do not.
enum StripePayload {
    static let account = "0f3c1c7e-5a34-4f0e-9a59-6a4f4a4d1a01"

    static func event(_ type: String, _ object: String) -> String {
        #"""
        {"id":"evt_1Q","object":"event","api_version":"2024-06-20","created":1764547201,"data":{"object":\#(object),
        "previous_attributes":{"status":"incomplete"}},"livemode":false,"pending_webhooks":1,"request":{"id":null,
        "idempotency_key":null},"type":"\#(type)"}
        """#
    }

    static let subscription2024 = subscription(ofAll: period, ofItem: "")
    static let subscription2025 = subscription(ofAll: "", ofItem: period)

    private static let period = #""current_period_start":1764547200,"current_period_end":1767225600,"#

    private static func subscription(ofAll: String, ofItem: String) -> String {
        #"""
        {"id":"sub_1Q","object":"subscription","application":null,"automatic_tax":{"enabled":false},\#(ofAll)
        "billing_cycle_anchor":1764547200,"cancel_at":null,"cancel_at_period_end":false,"canceled_at":null,"ended_at":null,
        "collection_method":"charge_automatically","created":1764547200,"currency":"usd","customer":"cus_R",
        "items":{"object":"list","data":[
        {"id":"si_1","object":"subscription_item",\#(ofItem)"price":{"id":"price_1","object":"price","lookup_key":"pro-month-1",
        "recurring":{"interval":"month","interval_count":1},"unit_amount":999},"quantity":1},
        {"id":"si_2","object":"subscription_item",\#(ofItem)"price":{"id":"price_2","object":"price",
        "lookup_key":"storage-month-1","unit_amount":200},"quantity":3}],"has_more":false,"total_count":2},
        "metadata":{"waxwing_account":"\#(account)"},"pause_collection":null,"status":"active","trial_end":null}
        """#
    }

    static let invoice2024 = invoice(#""subscription":"sub_1Q","charge":"ch_1Q","paid":true,"#)
    static let invoice2025 = invoice(
        #""parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1Q","metadata":{}}},"#)

    private static func invoice(_ members: String) -> String {
        #"""
        {"id":"in_1Q","object":"invoice","amount_due":999,"amount_paid":999,"attempt_count":1,"created":1764547200,
        "currency":"usd","customer":"cus_R","hosted_invoice_url":"https://invoice.stripe.com/i/acct_1/test_1",
        "lines":{"object":"list","data":[
        {"id":"il_0","object":"line_item","amount":-100,"period":{"start":1764547200,"end":1765000000},"proration":true},
        {"id":"il_1","object":"line_item","amount":1099,"period":{"start":1764547200,"end":1767225600}}],"has_more":false},
        \#(members)"number":"A1B2-0001","period_start":1761955200,"period_end":1764547200,"status":"paid","total":999}
        """#
    }

    static let checkout = #"""
        {"id":"cs_test_1","object":"checkout.session","client_reference_id":"whoever","metadata":{"waxwing_account":"\#(account)"},"customer":"cus_R",
        "mode":"subscription","payment_status":"paid","status":"complete","subscription":"sub_1Q","url":null}
        """#

    static let charge = #"""
        {"id":"ch_1Q","object":"charge","amount":999,"amount_refunded":500,"customer":"cus_R","invoice":"in_1Q",
        "currency":"usd","refunded":false}
        """#
}
