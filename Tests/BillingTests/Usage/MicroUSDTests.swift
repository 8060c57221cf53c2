import StorageTestKit
import Testing

@testable import Billing

@Suite struct MicroUSDTests {
    @Test(arguments: [
        (0, "0.000000", "0.0000"), (16_500, "0.016500", "0.0165"), (-1, "-0.000001", "0.0000"),
        (2_475_000_000, "2475.000000", "2475.0000"), (50, "0.000050", "0.0001"), (-50, "-0.000050", "-0.0001"),
        (49, "0.000049", "0.0000"), (Int.max, "9223372036854.775807", "9223372036854.7758"),
        (Int.min, "-9223372036854.775808", "-9223372036854.7758"),
    ])
    func `money is written exactly, and to four places for tables`(count: Int, text: String, short: String) {
        #expect(MicroUSD(count).text == text)
        #expect(MicroUSD(count).shortText == short)
    }

    @Test func `sums stay at the ends of the range`() {
        #expect(MicroUSD(.max) + MicroUSD(1) == MicroUSD(.max))
        #expect(MicroUSD(.min) - MicroUSD(1) == MicroUSD(.min))
        #expect(MicroUSD(.max) - MicroUSD(-1) == MicroUSD(.max))
        #expect(MicroUSD(.min) + MicroUSD(-1) == MicroUSD(.min))
        #expect(MicroUSD(cents: .max) == MicroUSD(.max) && MicroUSD(cents: .min) == MicroUSD(.min))
        #expect(MicroUSD(cents: 999) == MicroUSD(9_990_000))
    }

    @Test(arguments: [
        (10, 3, 3), (11, 3, 4), (-10, 3, -3), (-11, 3, -4), (1, 2, 1), (-1, 2, -1), (7, 1, 7), (Int.min, 1, Int.min),
    ])
    func `a part is the nearest whole one`(count: Int, parts: Int, part: Int) {
        #expect(MicroUSD(count).divided(by: parts) == MicroUSD(part))
        #expect(MicroUSD(count).divided(by: 0) == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `pieces cost together what the whole costs`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let prices = CostPrices(egressGB: MicroUSD(.random(in: 0...200_000, using: &random)))
        let pieces = (0..<200).map { _ in Int.random(in: 0...5_000_000, using: &random) }
        let sum = pieces.reduce(into: UsageCost(.zero)) { $0 += prices.egressCost(bytes: $1) }
        #expect(sum == prices.egressCost(bytes: pieces.reduce(0, +)))
    }

    @Test func `prices are for a billion bytes, 30 days and a minute`() {
        let prices = CostPrices(
            storageGBMonth: MicroUSD(15_000), egressGB: MicroUSD(90_000), stemsMinute: MicroUSD(900))
        #expect(prices.storageCost(byteDays: 30_000_000_000) == UsageCost(MicroUSD(15_000)))
        #expect(prices.egressCost(bytes: 1_000_000_000) == UsageCost(MicroUSD(90_000)))
        #expect(prices.stemsCost(seconds: 90) == MicroUSD(1_350))
        for bytes in [0, -1, Int.min] {
            #expect(prices.storageCost(byteDays: bytes) == UsageCost(.zero))
            #expect(prices.egressCost(bytes: bytes) == UsageCost(.zero))
        }
        for seconds in [-1, Double.nan, -Double.infinity] { #expect(prices.stemsCost(seconds: seconds) == .zero) }
        #expect(prices.stemsCost(seconds: .infinity) == MicroUSD(.max))
        let dear = CostPrices(egressGB: MicroUSD(.max))
        #expect(dear.egressCost(bytes: .max).whole == MicroUSD(.max))
    }

    @Test func `amounts are counted in whole numbers, and what is none counts nothing`() {
        #expect(UsageUnit.seconds.count(of: 2.5) == 2_500)
        #expect(UsageUnit.seconds.count(of: 0.0004) == 0)
        #expect(UsageUnit.bytes.count(of: 7.4) == 7)
        for amount in [-1, Double.nan, -Double.infinity, 0] { #expect(UsageUnit.seconds.count(of: amount) == 0) }
        for amount in [1e300, Double.infinity] { #expect(UsageUnit.bytes.count(of: amount) == 1 << 53) }
        #expect(UsageUnit.seconds.text(of: 2_500) == "2.500" && UsageUnit.bytes.text(of: 7) == "7")
        #expect(UsageUnit.seconds.text(of: 5) == "0.005")
    }
}
