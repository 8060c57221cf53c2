import Foundation
import Storage
import Testing

@testable import Billing

@Suite struct AIPricesTests {
    @Test(arguments: [
        (0, 0, 0), (1, 0, 3), (0, 1, 15), (1_000_000, 0, 3_000_000), (0, 1_000_000, 15_000_000), (500, 1_000, 16_500),
        (-5, -5, 0), (Int.max, Int.max, Int.max),
    ])
    func `tokens cost what the model asks for a million`(input: Int, output: Int, cost: Int) {
        #expect(AIPrice.standard.cost(of: AITokens(input: input, output: output)) == MicroUSD(cost))
    }

    @Test func `a part of a millionth of a dollar is a whole one`() {
        let price = AIPrice(input: MicroUSD(50_000), output: MicroUSD(200_000))
        #expect(price.cost(of: AITokens(input: 1)) == MicroUSD(1))
        #expect(price.cost(of: AITokens(input: 20)) == MicroUSD(1))
        #expect(price.cost(of: AITokens(input: 21)) == MicroUSD(2))
        // Of both together, not each for itself.
        #expect(price.cost(of: AITokens(input: 4, output: 4)) == MicroUSD(1))
    }

    @Test func `a model that nobody gave a price is not free`() {
        let dear = AIPrice(input: MicroUSD(9_000_000), output: MicroUSD(1))
        let prices = AIPrices(models: ["dear": dear, "cheap": AIPrice(input: MicroUSD(1), output: MicroUSD(1))])
        #expect(prices.price(of: "dear") == dear)
        #expect(prices.price(of: "new") == AIPrice(input: MicroUSD(9_000_000), output: MicroUSD(15_000_000)))
        #expect(AIPrices(models: [:]).price(of: "new") == .standard)
    }

    @Test func `a plan file says what things cost`() throws {
        let text = """
            {"default_plan": "a", "plans": {"a": {}},
             "costs": {"storage_gb_month_microusd": 1, "egress_gb_microusd": 2, "stems_minute_microusd": 3},
             "ai_models": {"qwen/qwen3-7b": {"input_microusd_per_million_tokens": 50000,
                                             "output_microusd_per_million_tokens": 200000}}}
            """
        let book = try PlanBook(json: Array(text.utf8))
        #expect(
            book.costs == CostPrices(storageGBMonth: MicroUSD(1), egressGB: MicroUSD(2), stemsMinute: MicroUSD(3)))
        #expect(
            book.aiPrices.models == ["qwen/qwen3-7b": AIPrice(input: MicroUSD(50_000), output: MicroUSD(200_000))])
        #expect(try PlanBook(json: book.json()) == book)
    }

    @Test func `a plan file that says nothing of it has the usual costs`() throws {
        let book = try PlanBook(json: Array(#"{"default_plan": "a", "plans": {"a": {}}, "costs": {}}"#.utf8))
        #expect(book.costs == CostPrices() && book.aiPrices == .standard)
        for plan in try PlanProfile.saas.book.plans.values {
            #expect(AIPrices.standard.models.keys.contains(try #require(plan.aiModel)))
        }
    }

    @Test(arguments: [
        (#""costs": {"storage_gb_month": 1}"#, ["'costs'", "'storage_gb_month'"]),
        (#""costs": {"egress_gb_microusd": -1}"#, ["egress_gb_microusd", "negative"]),
        (#""costs": {"stems_minute_microusd": 9223372036854775807}"#, ["stems_minute_microusd", "a million dollars"]),
        (#""costs": {"stems_minute_microusd": "1"}"#, ["stems_minute_microusd", "type"]),
        (
            #""ai_models": {"m": {"input_microusd_per_million_tokens": 1}}"#,
            ["m", "'output_microusd_per_million_tokens'"]
        ),
        (
            #""ai_models": {"m": {"input_microusd_per_million_tokens": 1, "output_microusd_per_million_tokens": null}}"#,
            ["m", "'output_microusd_per_million_tokens'"]
        ),
        (
            #""ai_models": {"m": {"input_microusd_per_million_tokens": 1, "output_microusd_per_million_tokens": -1}}"#,
            ["output_microusd_per_million_tokens", "negative"]
        ),
        (#""ai_models": {"m": {"input": 1}}"#, ["m", "'input'"]),
        (#""ai_models": 5"#, ["ai_models", "type"]),
    ])
    func `what is wrong is named with its place`(text: String, words: [String]) throws {
        let error = try #require(throws: PlanBookError.self) {
            try PlanBook(json: Array(#"{"default_plan": "a", "plans": {"a": {}}, \#(text)}"#.utf8))
        }
        for word in words { #expect(error.description.contains(word), "\(error.description)") }
    }
}
