import Storage
import Testing

@testable import Billing

@Suite struct PlanProblemTests {
    private static let price = #"{"name": "p", "interval": "month", "cents": 5}"#

    /// The text of a file with these plans beside a free one.
    private static func file(_ plans: String, _ rest: String = "") -> String {
        #"{"default_plan": "free", "plans": {"free": {}, \#(plans)}\#(rest)}"#
    }

    private static func problems(_ json: String) -> [PlanProblem] {
        PlanBook.problems(inJSON: Array(json.utf8))
    }

    @Test(arguments: [
        (file(#""a": {"prices": [{"name": "p", "interval": "week", "cents": 5}]}"#), "plans.a.prices[0].interval"),
        (file(#""a": {"prices": [{"name": "p", "interval": "month"}]}"#), "plans.a.prices[0]"),
        (file(#""a": {"prices": [{"name": "p q", "interval": "month", "cents": 5}]}"#), "plans.a.prices[0].name"),
        (file(#""a": {"prices": [{"name": "p", "interval": "month", "cents": 5.5}]}"#), "plans.a.prices[0].cents"),
        (file(#""a": {"prices": [{"name": "p", "interval": "month", "cents": 0}]}"#), "plans.a.prices (p)"),
        (file(#""a": {"prices": [{"name": "p", "interval": "month", "cents": -5}]}"#), "plans.a.prices (p)"),
        (file(#""a": {"prices": [{"name": "p", "interval": "month", "cents": 100000000}]}"#), "plans.a.prices (p)"),
        (
            file(#""a": {"prices": [{"name": "p", "interval": "month", "cents": 5, "currency": "USD"}]}"#),
            "plans.a.prices (p)"
        ),
        (
            file(#""a": {"prices": [\#(price), {"name": "q", "interval": "year", "cents": 5, "currency": "eur"}]}"#),
            "plans.a.prices"
        ),
        (file(#""a": {"prices": [\#(price)]}, "b": {"prices": [\#(price)]}"#), "plans.a.prices"),
        (file(#""a": {"prices": [\#(price), \#(price)]}"#), "plans.a.prices"),
        (file(#""a": {"version": 2, "prices": [\#(price)], "earlier": [{"prices": [\#(price)]}]}"#), "plans.a.prices"),
        (file(#""a": {"prices": [\#(price)], "price_cents_per_month": 5}"#), "plans.a.price_cents_per_month"),
        (file(#""a": {"price_cents_per_month": -5}"#), "plans.a.price_cents_per_month"),
        (file(#""a": {"trial_days": 14}"#), "plans.a.trial_days"),
        (file(#""a": {"prices": [\#(price)], "trial_days": 731}"#), "plans.a.trial_days"),
        (file(#""a": {"version": 0}"#), "plans.a.version"),
        (file(#""a": {"version": 1, "earlier": [{"version": 2}]}"#), "plans.a.earlier"),
        (file(#""a": {"version": 1, "earlier": [{}]}"#), "plans.a"),
        (file(#""a": {"version": 3, "earlier": [{"version": 1}, {"version": 1}]}"#), "plans.a"),
        (file(#""a": {"version": 2, "earlier": [{"earlier": [{}]}]}"#), "plans.a.earlier"),
        (file(#""a": {"version": 2, "earlier": [{"lane": 5}]}"#), "plans.a.earlier[0].lane"),
        (file(#""a": {"features": ["A"]}"#), "plans.a.features[0]"),
        (file(#""a": {"monthly_window": "week"}"#), "plans.a.monthly_window"),
        (file(#""a": {}"#, #", "policy": {"past_due_grace_days": 367}"#), "policy.past_due_grace_days"),
        (file(#""a": {}"#, #", "policy": {"grace": 7}"#), "policy"),
        (file(#""a": {}"#, #", "policy": {"after_lapse": "never"}"#), "policy.after_lapse"),
        (
            file(
                #""a": {}"#,
                #", "add_ons": {"x": {"adds": {"storage_bytes": 5}, "prices": [\#(price)], "plans": ["b"]}}"#),
            "add_ons.x.plans"
        ),
        (file(#""a": {}"#, #", "add_ons": {"x": {"adds": {}, "prices": [\#(price)]}}"#), "add_ons.x.adds"),
        (
            file(#""a": {}"#, #", "add_ons": {"x": {"adds": {"lane": 5}, "prices": [\#(price)]}}"#),
            "add_ons.x.adds"
        ),
        (file(#""a": {}"#, #", "add_ons": {"x": {"adds": {"storage_bytes": 5}}}"#), "add_ons.x.prices"),
        (
            file(
                #""a": {}"#,
                #", "add_ons": {"x": {"adds": {"storage_bytes": 5}, "prices": [\#(price)], "max_quantity": 0}}"#),
            "add_ons.x.max_quantity"
        ),
        (
            file(
                #""a": {"prices": [{"name": "q", "interval": "month", "cents": 5, "currency": "eur"}]}"#,
                #", "add_ons": {"x": {"adds": {"storage_bytes": 5}, "prices": [\#(price)]}}"#), "add_ons.x.prices"
        ),
        (
            file(
                #""a": {"prices": [\#(price)]}"#,
                #", "add_ons": {"x": {"adds": {"storage_bytes": 5}, "prices": [\#(price)]}}"#), "plans.a.prices"
        ),
    ])
    func `an error is found at its place, and the file is not taken`(json: String, place: String) {
        let errors = Self.problems(json).filter { $0.severity == .error }
        #expect(errors.contains { $0.place == place }, "\(errors)")
        #expect(throws: PlanBookError.self) { try book(json) }
    }

    @Test(arguments: [
        (file(#""a": {"version": 2, "uploads_per_month": 5, "earlier": [{}]}"#), "plans.a.uploads_per_month"),
        (
            file(#""a": {"version": 2, "storage_bytes": 5, "earlier": [{"storage_bytes": 6}]}"#),
            "plans.a.storage_bytes"
        ),
        (file(#""a": {"version": 2, "features": ["ai"], "earlier": [{}]}"#), "plans.a.features"),
        (file(#""a": {"features": ["stem"]}"#), "plans.a.features"),
        (file(#""a": {"lane": "Default"}"#), "plans.a.lane"),
        (file(#""a": {"lane": "slow"}, "b": {"lane": "slov"}"#), "plans.a.lane"),
        (file(#""a": {"monthly_window": "billing_period"}"#), "plans.a.monthly_window"),
        (#"{"default_plan": "free", "plans": {"free": {"prices": [\#(price)]}}}"#, "plans.free.prices"),
        (
            file(
                #""a": {"prices": [{"name": "q", "interval": "year", "cents": 5}]}"#,
                #", "add_ons": {"x": {"adds": {"storage_bytes": 5}, "prices": [\#(price)]}}"#), "add_ons.x.prices"
        ),
    ])
    func `what looks wrong is told, and the file is taken`(json: String, place: String) throws {
        let problems = Self.problems(json)
        #expect(problems.map(\.place) == [place] && problems.allSatisfy { $0.severity == .warning }, "\(problems)")
        #expect(try book(json).warnings == problems)
    }

    @Test func `all that is wrong is found at once, errors before warnings`() {
        let problems = Self.problems(
            #"""
            {"default_plan": "gold", "colour": 1, "policy": {"grace": 1}, "plans": {
                "a": {"lane": 5, "upload_bytes": -1, "features": ["stem"], "uploads_per_mouth": 5},
                "b": {"prices": [{"name": "p", "interval": "month"}, {"name": "q", "interval": "year", "cents": 0}]},
                "c": 5}, "request_limits": {"per_acount": null}}
            """#)
        let places = [
            nil, "default_plan", "policy", "plans.a", "plans.a.lane", "plans.a.upload_bytes", "plans.b.prices[0]",
            "plans.b.prices (q)", "plans.c", "request_limits",
        ]
        let errors = problems.prefix { $0.severity == .error }
        #expect(Set(errors.map(\.place)) == Set(places) && errors.count == places.count, "\(errors)")
        #expect(problems.dropFirst(errors.count).map(\.place) == ["plans.a.features"])
    }

    @Test func `an error says each of them`() throws {
        let error = try #require(throws: PlanBookError.self) {
            try book(#"{"default_plan": "a", "plans": {"a": {"lane": 5, "eta_seconds": -1}}}"#)
        }
        #expect(error.description.contains("'plans.a.lane'") && error.description.contains("'plans.a.eta_seconds'"))
    }

    @Test(arguments: [
        ("free", "Free", true), ("slow-lane", "slow_lane", true), ("default", "defaults", true), ("pro", "pri", false),
        ("lane1", "lane2", false), ("free", "paid", false), ("slow", "low", false), ("abcd", "acbd", false),
        ("lane", "lane-2", false),
    ])
    func `names that differ in little are taken for a slip`(one: String, other: String, isNear: Bool) {
        #expect(one.isNearly(other) == isNear && other.isNearly(one) == isNear)
    }

    @Test func `whatever a file holds, reading it ends in a book or in errors`() {
        let plan = #"{"version":2,"prices":[\#(Self.price)],"earlier":[{}]}"#
        let good = Array(#"{"default_plan":"a","plans":{"a":{},"b":\#(plan)}}"#.utf8)
        #expect(PlanBook.problems(inJSON: good) == [])
        for index in good.indices {
            for byte in [0x00, 0x22, 0x2D, 0x39, 0x5B, 0x7B, 0x7D, 0xFF] as [UInt8] {
                var bytes = good
                bytes[index] = byte
                let errors = PlanBook.problems(inJSON: bytes).filter { $0.severity == .error }
                #expect((try? PlanBook(json: bytes)) == nil ? !errors.isEmpty : errors.isEmpty)
            }
        }
    }
}
