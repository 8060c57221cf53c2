import Storage
import Testing

@testable import Billing

@Suite struct PlanBookTests {
    @Test(arguments: PlanProfile.allCases)
    func `a template read again is the same book`(profile: PlanProfile) throws {
        let book = try profile.book
        #expect(try PlanBook(json: book.json()) == book)
    }

    @Test(arguments: PlanProfile.allCases)
    func `a template shows every key there is`(profile: PlanProfile) throws {
        let text = String(decoding: try profile.book.json(), as: UTF8.self)
        for key in [
            "upload_bytes", "uploads_per_month", "analyses_per_month", "storage_bytes", "ai_prompts_per_day",
            "stems_minutes_per_month", "lane", "delay_seconds", "delay_until_seconds", "eta_seconds", "ai_model",
            "ai_budget_cents_per_month", "monthly_window", "features", "prices", "trial_days", "version", "title",
            "add_ons", "policy", "past_due_grace_days", "late_news_days", "after_lapse",
            "analysis_second_microusd", "default_plan", "request_limits", "per_account", "per_address",
        ] {
            #expect(text.contains("\"\(key)\""))
        }
    }

    @Test func `a limit that is null or absent does not exist`() throws {
        let book = try book(#"{"default_plan": "a", "plans": {"a": {"uploads_per_month": null}}}"#)
        #expect(book.plan(named: "a").plan == Plan())
        #expect(QuotaUnit.allCases.allSatisfy { $0.limit(in: Plan()) == nil })
    }

    @Test func `a delay is a length, or a stretch of time; files without the latter stay right`() throws {
        let delay = #""delay_seconds": 7200"#
        let book = try book(
            #"{"default_plan": "a", "plans": {"a": {\#(delay)}, "b": {\#(delay), "delay_until_seconds": 7200}}}"#)
        #expect(book.plan(named: "a").plan == Plan(delaySeconds: 7200))
        #expect(book.plan(named: "b").plan == Plan(delaySeconds: 7200, delayUntilSeconds: 7200))
    }

    @Test func `the free plan of a public service waits 12 to 24 hours, the paid ones for nothing`() throws {
        let plans = try PlanProfile.saas.book.plans
        #expect(plans["free"]?.delaySeconds == 12 * 3600 && plans["free"]?.delayUntilSeconds == 24 * 3600)
        for name in ["pro", "enterprise"] {
            #expect(plans[name]?.delaySeconds == 0 && plans[name]?.delayUntilSeconds == nil)
        }
    }

    @Test func `a studio's own server limits no requests, a public service 100 a minute and 20 of strangers`() throws {
        #expect(try PlanProfile.selfHosted.book.requestLimits == RequestLimits())
        let limits = try PlanProfile.saas.book.requestLimits
        #expect(limits.perAccount == RateLimit(100, per: .seconds(60)))
        #expect(limits.perAddress == RateLimit(20, per: .seconds(60)))
    }

    @Test func `a file may leave request limits out, or give them a burst`() throws {
        #expect(try book(#"{"default_plan": "a", "plans": {"a": {}}}"#).requestLimits == RequestLimits())
        let limits = #"{"per_account": {"requests": 60, "seconds": 60, "burst": 10}, "per_address": null}"#
        let book = try book(#"{"default_plan": "a", "plans": {"a": {}}, "request_limits": \#(limits)}"#)
        let bucket = RateLimit(60, per: .seconds(60), .tokenBucket(burst: 10))
        #expect(book.requestLimits == RequestLimits(perAccount: bucket))
        #expect(try PlanBook(json: book.json()) == book)
    }

    @Test func `a limit of zero allows nothing`() throws {
        let book = try book(#"{"default_plan": "a", "plans": {"a": {"uploads_per_month": 0}}}"#)
        #expect(book.plan(named: "a").plan.uploadsPerMonth == 0)
    }

    @Test func `an account whose plan is gone, or was never given one, has the default plan`() throws {
        let book = try PlanProfile.saas.book
        #expect(book.plan(named: "pro").name == "pro")
        #expect(book.plan(named: "retired").name == "free")
        #expect(book.plan(named: nil).name == "free")
    }

    @Test func `a default plan that does not exist is named`() throws {
        for error in [
            #expect(throws: PlanBookError.self) { try book(#"{"default_plan": "gold", "plans": {"a": {}}}"#) },
            #expect(throws: PlanBookError.self) { try PlanBook(defaultPlan: "gold", plans: [:]) },
        ] {
            #expect(error?.description.contains("'default_plan': names 'gold'") == true)
        }
    }

    @Test(arguments: [
        (#"{"default_plan": "a", "plans": {"a": {"uploads_per_mouth": 5}}}"#, ["'plans.a'", "'uploads_per_mouth'"]),
        (#"{"default_plan": "a", "plans": {"a": {}}, "plan": {}}"#, ["the file", "'plan'"]),
        (#"{"default_plan": "a", "plans": {"a": {"storage_bytes": -1}}}"#, ["storage_bytes", "negative"]),
        (
            #"{"default_plan": "a", "plans": {"a": {"delay_seconds": 9223372036854775807}}}"#,
            ["delay_seconds", "a year"]
        ),
        (
            #"{"default_plan": "a", "plans": {"a": {}}, "analysis_second_microusd": -1}"#,
            ["analysis_second_microusd", "negative"]
        ),
        (
            #"{"default_plan": "a", "plans": {"a": {"delay_seconds": 9, "delay_until_seconds": 8}}}"#,
            ["'plans.a.delay_until_seconds'", "less than 'delay_seconds'"]
        ),
        (
            #"{"default_plan": "a", "plans": {"a": {}}, "request_limits": {"per_acount": null}}"#,
            ["'request_limits'", "'per_acount'"]
        ),
        (
            #"{"default_plan": "a", "plans": {"a": {}}, "request_limits": {"per_address": {"requests": 0, "seconds": 60}}}"#,
            ["'request_limits.per_address.requests'", "1 to 1000000"]
        ),
        (
            #"{"default_plan": "a", "plans": {"a": {}}, "request_limits": {"per_address": {"requests": 5, "seconds": 86401}}}"#,
            ["'request_limits.per_address.seconds'", "1 to 86400"]
        ),
        (
            #"{"default_plan": "a", "plans": {"a": {}}, "request_limits": {"per_address": {"requests": 5}}}"#,
            ["'request_limits.per_address'", "'seconds'"]
        ),
        (
            #"{"default_plan": "a", "plans": {"a": {}}, "request_limits": {"per_address": {"requests": 5, "seconds": 1, "burst": 0}}}"#,
            ["'burst'", "1 to 1000000"]
        ),
        (#"{"plans": {"a": {}}}"#, ["the file", "'default_plan'"]),
        (#"{"default_plan": "a"}"#, ["the file", "'plans'"]),
        (#"{"default_plan": "a", "plans": {"a": {"lane": 5}}}"#, ["'plans.a.lane'", "type"]),
        (#"{"default_plan": "a", "plans": {"a": {"upload_bytes": "10 MB"}}}"#, ["'plans.a.upload_bytes'", "type"]),
        (#"{"default_plan": "a", "plans": [1]}"#, ["'plans'", "type"]),
        (#"{"default_plan": "a", "#, ["JSON"]),
        ("", ["JSON"]),
        ("plans: none", ["JSON"]),
    ])
    func `what is wrong is named with its place`(text: String, words: [String]) throws {
        let error = try #require(throws: PlanBookError.self) { try book(text) }
        for word in words { #expect(error.description.contains(word)) }
    }

    @Test func `a number that is not whole, or too large, is refused`() {
        for number in ["1.5", "99999999999999999999", "true"] {
            #expect(throws: PlanBookError.self) {
                try book(#"{"default_plan": "a", "plans": {"a": {"storage_bytes": \#(number)}}}"#)
            }
        }
    }

    @discardableResult
    private func book(_ text: String) throws(PlanBookError) -> PlanBook {
        try PlanBook(json: Array(text.utf8))
    }
}
