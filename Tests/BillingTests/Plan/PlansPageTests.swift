import Foundation
import Testing

@testable import Billing

/// `Docs/Commands/plans.md` explains the file by examples, which are read here.
@Suite struct PlansPageTests {
    private let page: String

    init() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        page = try String(
            contentsOf: tests.deletingLastPathComponent().appending(path: "Docs/Commands/plans.md"), encoding: .utf8)
    }

    private var examples: [String] {
        page.components(separatedBy: "```json\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    }

    @Test func `every file that the page shows is right`() throws {
        #expect(examples.count >= 2)
        for example in examples { #expect(PlanBook.problems(inJSON: Array(example.utf8)) == [], "\(example)") }
    }

    @Test func `every key that a file may have is explained`() throws {
        let template = String(decoding: try PlanProfile.saas.book.json(), as: UTF8.self)
        let keys = Set(template.matches(of: /"([a-z_]+)" :/).map { String($0.1) }).subtracting([
            "free", "pro", "enterprise",
        ])
        #expect(keys.count > 30)
        for key in keys.union(["earlier", "price_cents_per_month", "burst"]) {
            #expect(page.contains("`\(key)`"), "\(key)")
        }
    }

    @Test func `the long example says what the page says of it`() throws {
        let book = try PlanBook(json: Array(try #require(examples.last).utf8))
        #expect(book.plan(named: "pro", version: 1).plan.storageBytes == 53_687_091_200)
        #expect(book.plan(named: "pro").plan.version == 2 && book.plan(named: "pro").plan.trialDays == 14)
        #expect(
            book.offers.map(\.name.text) == [
                "pro-month-2", "pro-year-2", "storage-100-month-1", "storage-100-year-1",
            ])
        #expect(book.plan(for: priceName("pro-month-1"))?.version == 1)
        #expect(book.policy.afterLapse == .defaultPlan)
    }
}
