import Storage
import Testing

@testable import Billing

@Suite struct PlanVersionTests {
    private let shop: PlanBook

    init() throws {
        shop = try PlanBook.shop()
    }

    @Test func `who holds an old version keeps it while the file has it, else the newest is theirs`() {
        #expect(shop.plan(named: "pro", version: 1).plan.uploadsPerMonth == 100)
        #expect(shop.plan(named: "pro", version: 2).plan.uploadsPerMonth == 200)
        for version in [3, 0, -1, Int.max, Int.min] {
            #expect(shop.plan(named: "pro", version: version).plan.version == 2)
        }
        #expect(shop.plan(named: "pro").plan.version == 2)
    }

    @Test func `an old version of a plan that is gone is the default plan`() {
        #expect(shop.plan(named: "gold", version: 1).name == "free")
        #expect(shop.plan(named: nil, version: 1).name == "free")
    }

    @Test func `a price tells the version it was of`() throws {
        let old = try #require(shop.plan(for: priceName("pro-month-1")))
        #expect(old.name == "pro" && old.version == 1 && old.plan.storageBytes == 900)
        let new = try #require(shop.plan(for: priceName("pro-year-2")))
        #expect(new.name == "pro" && new.version == 2 && new.plan.storageBytes == 1_000)
        #expect(shop.plan(for: priceName("room-month-1")) == nil && shop.plan(for: priceName("gone")) == nil)
        #expect(shop.addOn(for: priceName("room-month-1"))?.name == "room")
        #expect(shop.addOn(for: priceName("pro-month-1")) == nil)
        #expect(shop.price(named: priceName("pro-month-1"))?.cents == 999)
        #expect(shop.price(named: priceName("room-year-1"))?.interval == .year)
        #expect(shop.price(named: priceName("gone")) == nil)
    }

    @Test func `only what can be had now is offered`() {
        #expect(
            shop.offers.map(\.name.text) == [
                "pro-month-2", "pro-year-2", "room-month-1", "room-year-1", "studio-month-1", "uploads-month-1",
                "uploads-year-1",
            ])
        #expect(
            shop.offers.first
                == PriceOffer(
                    name: priceName("pro-month-2"), product: "Pro", amount: 1_299, currency: "usd", interval: .month))
        #expect(shop.offers.first { $0.name.text == "studio-month-1" }?.product == "studio")
    }

    @Test func `a file with all there is reads back as itself`() throws {
        let shop = try PlanBook.shop(
            policy: SubscriptionPolicy(pastDueGraceDays: 0, lateNewsDays: 366, afterLapse: .defaultPlan))
        #expect(try PlanBook(json: shop.json()) == shop)
    }

    @Test func `the one monthly price of old files has a name of its plan and version`() throws {
        let old = try book(
            #"{"default_plan": "a", "plans": {"a": {"price_cents_per_month": 0}, "b c": {"price_cents_per_month": 999}}}"#
        )
        #expect(old.plan(named: "a").plan.prices.isEmpty)
        #expect(old.plan(named: "b c").plan.prices == [PlanPrice("b-c-month-1", 999)])
        #expect(old.plan(named: "b c").plan.priceCentsPerMonth == 999)
        #expect(try PlanBook(json: old.json()) == old)
        let pro = try PlanProfile.saas.book.plan(named: "pro").plan
        #expect(pro.prices == [PlanPrice.monthly(999, of: "pro", version: 1)].compactMap { $0 })
    }

    @Test(arguments: [
        ([PlanPrice("m", 999)], 999), ([PlanPrice("y", 12_990, per: .year)], 1_083),
        ([PlanPrice("m", 999), PlanPrice("y", 9_990, per: .year)], 833), ([], 0), ([PlanPrice("m", .max)], 0),
    ])
    func `the least price is told by the month`(prices: [PlanPrice], cents: Int) {
        #expect(Plan(prices: prices).priceCentsPerMonth == cents)
    }

    @Test func `features that are not listed are not had, and without a list all are`() throws {
        let plans = #"{"a": {"features": ["ai"]}, "b": {}, "c": {"features": []}}"#
        let book = try book(#"{"default_plan": "a", "plans": \#(plans)}"#)
        #expect(book.plans["a"]?.has(.ai) == true && book.plans["a"]?.has(.stems) == false)
        #expect(PlanFeature.known.allSatisfy { book.plans["b"]?.has($0) == true && book.plans["c"]?.has($0) == false })
        for name in ["", "AI", "a i", "é", String(repeating: "a", count: 41)] { #expect(PlanFeature(name) == nil) }
        #expect(PlanFeature("sp-404_mk2") != nil)
    }

    @Test func `a public service sells pro for 9_99 a month, and storage beside it`() throws {
        let saas = try PlanProfile.saas.book
        #expect(saas.plans["pro"]?.priceCentsPerMonth == 999 && saas.plans["free"]?.prices == [])
        #expect(saas.addOns.values.compactMap { $0.adds[.storageBytes] }.sorted() == [100 << 30, 500 << 30, 1 << 40])
        #expect(saas.offers.count == 5)
    }

    @Test(arguments: PlanProfile.allCases)
    func `nothing about the plans that come with the program looks wrong`(profile: PlanProfile) throws {
        #expect(try PlanBook.problems(inJSON: profile.book.json()) == [])
    }

    @Test func `a studio's own server limits nothing but the size of an upload`() throws {
        #expect(try PlanProfile.selfHosted.book.plan(named: nil).plan == Plan(uploadBytes: 1 << 30))
        #expect(try PlanProfile.selfHosted.book.offers.isEmpty)
    }
}
