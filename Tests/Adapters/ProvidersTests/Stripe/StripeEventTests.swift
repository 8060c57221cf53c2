import Auth
import Billing
import Foundation
import LogTestKit
import Storage
import Testing

@testable import WaxwingProviders

@Suite struct StripeEventTests {
    private let stripe: StripePayments

    init() throws {
        stripe = StripePayments(
            try StripeSettings(secretKey: Secret(Array("sk_test_1234".utf8)), webhookSecrets: []),
            http: try OutboundHTTP.testing(), logger: LogCollector().logger)
    }

    private func read(_ json: String) throws(PaymentError) -> PaymentEvent { try stripe.event(from: Array(json.utf8)) }

    /// - Parameter change: of the object, before it is written.
    private func read(_ type: String, _ object: String, _ old: String = "", _ new: String = "") throws -> PaymentEvent {
        #expect(object.contains(old) || old.isEmpty)
        return try read(StripePayload.event(type, old.isEmpty ? object : object.replacing(old, with: new)))
    }

    private func subscription(_ object: String, _ old: String = "", _ new: String = "") throws -> Subscription {
        guard case .subscription(let subscription) = try read("customer.subscription.updated", object, old, new).content
        else { throw StripeObject.wrong("kind") }
        return subscription
    }

    private func invoice(_ object: String, _ old: String = "", _ new: String = "") throws -> Invoice {
        guard case .invoice(let invoice) = try read("invoice.paid", object, old, new).content else {
            throw StripeObject.wrong("kind")
        }
        return invoice
    }

    private func moment(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

    @Test(arguments: [StripePayload.subscription2024, StripePayload.subscription2025])
    func `a subscription is the same in old and new versions`(object: String) throws {
        let subscription = try subscription(object)
        #expect(
            subscription
                == Subscription(
                    id: try .named("sub_1Q"), customer: try .named("cus_R"), account: try AccountID.ada,
                    status: .active,
                    items: [
                        .init(price: try .named("pro-month-1")),
                        .init(price: try .named("storage-month-1"), quantity: 3),
                    ],
                    period: BillingPeriod(start: moment(1_764_547_200), end: moment(1_767_225_600)),
                    cancelsAtPeriodEnd: false, createdAt: moment(1_764_547_200)))
    }

    @Test func `an event has its name, type and time`() throws {
        let event = try read("customer.subscription.deleted", StripePayload.subscription2024)
        #expect(event.id.text == "evt_1Q" && event.type == "customer.subscription.deleted")
        #expect(event.createdAt == moment(1_764_547_201))
    }

    @Test(arguments: SubscriptionStatus.allCases)
    func `every status is known`(status: SubscriptionStatus) throws {
        let object = StripePayload.subscription2025
        #expect(try subscription(object, #""status":"active""#, #""status":"\#(status.rawValue)""#).status == status)
    }

    @Test func `a cancellation to come is seen however it was noted`() throws {
        let old = StripePayload.subscription2024
        let flag = #""cancel_at_period_end":false"#
        #expect(try subscription(old, flag, #""cancel_at_period_end":true"#).cancelsAtPeriodEnd)
        #expect(try subscription(old, #""cancel_at":null"#, #""cancel_at":1767225600"#).cancelsAtPeriodEnd)
        #expect(try !subscription(old, #""cancel_at":null"#, #""cancel_at":1767225601"#).cancelsAtPeriodEnd)
    }

    @Test func `when it ended counts only once it has`() throws {
        let old = StripePayload.subscription2024
        let noted = #""canceled_at":1765000000,"ended_at":1766000000"#
        let asked = try subscription(old, #""canceled_at":null,"ended_at":null"#, noted)
        #expect(asked.endedAt == nil)
        let ended = try subscription(
            old.replacing(#""canceled_at":null,"ended_at":null"#, with: noted), #""status":"active""#,
            #""status":"canceled""#)
        #expect(ended.endedAt == moment(1_766_000_000))
    }

    @Test func `what is kept until the period's end is read from the notes, and spoilt notes are none`() throws {
        let old = StripePayload.subscription2024
        let mark = #""metadata":{"#
        func retained(_ items: String, _ until: String) throws -> Subscription.Retained? {
            try subscription(
                old, mark, #""metadata":{"waxwing_retained_items":\#(items),"waxwing_retained_until":\#(until),"#
            ).retained
        }
        let items: [Subscription.Item] = [
            .init(price: try .named("studio-month-1")), .init(price: try .named("room"), quantity: 3),
        ]
        #expect(
            try retained(#""studio-month-1:1 room:3""#, #""1767225600""#)
                == Subscription.Retained(items: items, until: moment(1_767_225_600)))
        for (items, until) in [
            (#""""#, #""1767225600""#), (#""a b""#, #""1767225600""#), (#""a:0""#, #""1767225600""#),
            (#""a:1""#, #""-1""#), (#""a:1""#, #""99999999999999""#), ("7", "7"),
        ] {
            #expect(try retained(items, until) == nil, "\(items) \(until)")
        }
        #expect(try subscription(old, StripePayload.account, "somebody else's note").account == nil)
    }

    @Test func `what is kept until the period's end is gone in the next period, whatever our clock says`() throws {
        func retained(until: Int) throws -> Subscription.Retained? {
            try subscription(
                StripePayload.subscription2024, #""metadata":{"#,
                #""metadata":{"waxwing_retained_items":"a:1","waxwing_retained_until":"\#(until)","#
            ).retained
        }
        #expect(try retained(until: 1_764_547_201) != nil)
        #expect(try retained(until: 1_764_547_200) == nil)
    }

    @Test func `a price without a lookup key goes by its own name, and so does a plan of old`() throws {
        let old = StripePayload.subscription2024
        let price = try subscription(old, #""lookup_key":"pro-month-1""#, #""lookup_key":null"#).items.first?.price
        #expect(price?.text == "price_1")
        let plan = try subscription(old, #""price":{"#, #""plan":{"#).items.first?.price
        #expect(plan?.text == "pro-month-1")
    }

    @Test(arguments: [StripePayload.invoice2024, StripePayload.invoice2025])
    func `an invoice is the same in old and new versions, and its period is what it pays for`(object: String) throws {
        #expect(
            try invoice(object)
                == Invoice(
                    id: try .named("in_1Q"), customer: try .named("cus_R"), subscription: try .named("sub_1Q"),
                    number: "A1B2-0001", status: .paid, currency: "usd", total: 999, paid: 999,
                    period: BillingPeriod(start: moment(1_764_547_200), end: moment(1_767_225_600)),
                    createdAt: moment(1_764_547_200), url: "https://invoice.stripe.com/i/acct_1/test_1"))
    }

    @Test func `an invoice may be of no subscription, a draft, and below nothing`() throws {
        let old = StripePayload.invoice2024
        #expect(try invoice(old, #""subscription":"sub_1Q""#, #""subscription":null"#).subscription == nil)
        #expect(try invoice(old, #""number":"A1B2-0001""#, #""number":null"#).number == nil)
        #expect(try invoice(old, #""total":999"#, #""total":-500"#).total == -500)
        #expect(
            try invoice(old, #""charge":"ch_1Q""#, #""charge":{"id":"ch_1Q","amount_refunded":250}"#).refunded == 250)
    }

    @Test func `a checkout tells whose customer it is`() throws {
        let event = try read("checkout.session.completed", StripePayload.checkout)
        #expect(
            event.content
                == .checkout(
                    customer: try .named("cus_R"), account: try AccountID.ada,
                    subscription: try .named("sub_1Q")))
        let payment = try read(
            "checkout.session.completed", StripePayload.checkout, #""mode":"subscription""#, #""mode":"payment""#)
        #expect(payment.content == .other)
        let foreign = try read("checkout.session.completed", StripePayload.checkout, StripePayload.account, "order 7")
        guard case .checkout(_, nil, _) = foreign.content else {
            Issue.record("somebody else's reference was taken for an account")
            return
        }
    }

    @Test func `a refund is counted for its invoice, in all`() throws {
        let event = try read("charge.refunded", StripePayload.charge)
        #expect(event.content == .refund(try .named("in_1Q"), customer: try .named("cus_R"), total: 500))
        let new = try read("charge.refunded", StripePayload.charge, #""invoice":"in_1Q","#, "")
        #expect(new.content == .refund(nil, customer: try .named("cus_R"), total: 500))
    }

    @Test(arguments: [
        "customer.created", "invoiceitem.created", "invoice_payment.paid", "invoice.upcoming", "refund.created",
        "refund.failed",
        "payment_intent.succeeded", "v2.core.something.new", "checkout.session.expired", "customer.subscriptions",
    ])
    func `other events are kept, whatever is in them`(type: String) throws {
        for object in ["{}", "7", "null", #"{"object":"subscription"}"#] {
            #expect(try read(StripePayload.event(type, object)).content == .other)
        }
    }

    @Test func `members nobody asked for may be anything`() throws {
        let odd = #""status":"active","new":{"a":[[{}],1e308,-0.0,"\u0000\ud83c\udfb5"]},"more":null"#
        #expect(try subscription(StripePayload.subscription2025, #""status":"active""#, odd).status == .active)
    }

    @Test(arguments: [
        (#""status":"active""#, #""status":"brand_new""#), (#""status":"active""#, #""status":7"#),
        (#""id":"sub_1Q","#, ""), (#""id":"sub_1Q""#, #""id":"sub 1""#), (#""id":"sub_1Q""#, #""id":"sub\u0000""#),
        (#""customer":"cus_R""#, #""customer":null"#), (#""created":1764547200"#, #""created":1764547200.5"#),
        (#""created":1764547200"#, #""created":-1"#), (#""created":1764547200"#, #""created":1e300"#),
        (#""created":1764547200"#, #""created":9223372036854775808"#),
        (#""created":1764547200"#, #""created":"1764547200""#),
        (#""quantity":3"#, #""quantity":-3"#), (#""quantity":3"#, #""quantity":0.5"#),
        (#""quantity":3"#, #""quantity":1e18"#), (#""has_more":false"#, #""has_more":true"#),
        (#""object":"subscription""#, #""object":"invoice""#),
        (#""current_period_end":1767225600"#, #""current_period_end":[]"#),
        (#""lookup_key":"pro-month-1""#, #""lookup_key":"pro month""#), (#""metadata":{"#, #""metadata":[],"x":{"#),
    ])
    func `what is needed and missing or wrong is unreadable`(old: String, new: String) throws {
        #expect(StripePayload.subscription2024.contains(old))
        let event = StripePayload.event(
            "customer.subscription.updated", StripePayload.subscription2024.replacing(old, with: new))
        #expect(throws: PaymentError.self) { try read(event) }
    }

    @Test(arguments: [
        (#""total":999"#, #""total":1e16"#), (#""amount_paid":999"#, #""amount_paid":-1"#),
        (#""currency":"usd""#, #""currency":"us""#),
        (#""number":"A1B2-0001""#, #""number":"A\u0000B""#), (#""status":"paid""#, #""status":null"#),
        (#""lines":{"#, #""lines":[],"x":{"#),
    ])
    func `so it is with invoices`(old: String, new: String) throws {
        #expect(StripePayload.invoice2024.contains(old))
        let event = StripePayload.event("invoice.paid", StripePayload.invoice2024.replacing(old, with: new))
        #expect(throws: PaymentError.self) { try read(event) }
    }

    @Test func `hostile JSON is refused, never fatal`() {
        let good = StripePayload.event("customer.subscription.updated", StripePayload.subscription2024)
        let deep = String(repeating: "[", count: 100_000)
        for body in [
            "", "null", "[]", "{", deep, #"{"a":"# + deep, good + good, good + "\u{0}", "\u{FEFF}" + good,
            good.replacing(#""id":"evt_1Q""#, with: #""id":"evt_1Q","id":"evt_2""#),
            good.replacing(
                #""object":"event""#,
                with: #""object":"event","x":"# + String(repeating: #"{"a":"#, count: 40) + "1"
                    + String(repeating: "}", count: 40)),
            good.replacing(#""object":"event""#, with: #""object":"event","x":1e999"#),
            good.replacing(#""object":"event""#, with: #""object":"event","x":"\ud800""#),
            good.replacing(#""type":"customer.subscription.updated""#, with: #""type":"a\u0000b""#),
            good.replacing(
                #""type":"customer.subscription.updated""#, with: #""type":"\#(String(repeating: "a", count: 256))""#),
            #"{"object":"event","# + (0..<600).map { #""m\#($0)":0"# }.joined(separator: ",") + "}",
        ] {
            #expect(throws: PaymentError.self) { try read(body) }
        }
        #expect(throws: PaymentError.self) { try stripe.event(from: Array(good.utf8) + [0xFF]) }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a thousand damaged events are read or refused, never fatal`(seed: UInt64) {
        var random = SeededNumbers(state: seed)
        let good = [
            StripePayload.event("customer.subscription.updated", StripePayload.subscription2025),
            StripePayload.event("invoice.paid", StripePayload.invoice2024),
            StripePayload.event("charge.refunded", StripePayload.charge),
        ].map { Array($0.utf8) }
        var refused = 0
        for _ in 0..<1000 {
            var bytes = good[Int.random(in: 0..<good.count, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = .random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: Array("9e{[\"\\".utf8).shuffled(using: &random).prefix(2), at: place)
                }
            }
            do { _ = try stripe.event(from: bytes) } catch { refused += 1 }
        }
        #expect(refused > 500)
    }
}

/// SplitMix64.
private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
