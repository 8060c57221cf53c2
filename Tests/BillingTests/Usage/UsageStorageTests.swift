import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct UsageStorageTests {
    private let prices = CostPrices(storageGBMonth: MicroUSD(30_000))

    @Test func `what is stored counts once for each day that is over, from the first run on`() async throws {
        let meter = try await Meter(prices)
        try await meter.store(1_000_000_000)
        _ = try await meter.rollUp.run(on: meter.database)
        #expect(try await meter.lines() == [])
        meter.clock.turn(to: moment("2026-11-22T00:00:00.000Z"))
        for _ in 1...3 { _ = try await meter.rollUp.run(on: meter.database) }
        #expect(try await meter.lines() == ["2026-11-21 storage 1000000000 x1 1000"])
        try await meter.store(500)
        meter.clock.turn(to: moment("2026-11-23T00:00:00.000Z"))
        _ = try await meter.rollUp.run(on: meter.database)
        #expect(
            try await meter.lines() == [
                "2026-11-21 storage 1000000000 x1 1000", "2026-11-22 storage 500 x1 0",
            ])
    }

    @Test func `days without a server get what was stored last`() async throws {
        let meter = try await Meter(prices)
        try await meter.store(70)
        _ = try await meter.rollUp.run(on: meter.database)
        meter.clock.turn(to: moment("2026-11-25T07:00:00.000Z"))
        #expect(try await meter.rollUp.run(on: meter.database, batch: 1).storage == 4)
        #expect(
            try await meter.lines() == (21...24).map { "2026-11-\($0) storage 70 x1 0" })
    }

    @Test(arguments: [1, 2, 3, 7])
    func `every account that stores something counts, in steps of any size`(batch: Int) async throws {
        let meter = try await Meter(prices)
        let others = (0..<5).map { _ in AccountID.random() }
        for (number, other) in others.enumerated() { try await meter.store(100 + number, for: other) }
        try await meter.store(0)
        _ = try await meter.rollUp.run(on: meter.database)
        meter.clock.advance(by: .seconds(2 * 86_400))
        _ = try await meter.rollUp.run(on: meter.database, batch: batch)
        for (number, other) in others.enumerated() {
            let report = try await meter.report("2026-11-01", "2026-11-30", of: other)
            #expect(report.lines.map(\.sum.amount) == [100 + number, 100 + number])
        }
        #expect(try await meter.lines() == [])
    }

    @Test func `a clock that goes back counts no day twice, and a long gap is bounded`() async throws {
        let meter = try await Meter(prices)
        try await meter.store(5)
        _ = try await meter.rollUp.run(on: meter.database)
        meter.clock.advance(by: .seconds(2 * 86_400))
        _ = try await meter.rollUp.run(on: meter.database)
        let before = try await meter.lines()
        meter.clock.advance(by: .seconds(-86_400))
        _ = try await meter.rollUp.run(on: meter.database)
        #expect(try await meter.lines() == before)
        meter.clock.advance(by: .seconds(10_000 * 86_400))
        #expect(try await meter.rollUp.run(on: meter.database).storage == Int(UsageRollUp.longestGap))
    }

    @Test func `many at once count each day once`() async throws {
        let meter = try await Meter(prices)
        let others = (0..<20).map { _ in AccountID.random() }
        for other in others { try await meter.store(11, for: other) }
        _ = try await meter.rollUp.run(on: meter.database)
        meter.clock.advance(by: .seconds(3 * 86_400))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for batch in 1...6 {
                group.addTask { _ = try await meter.rollUp.run(on: meter.database, batch: batch) }
            }
            try await group.waitForAll()
        }
        for other in others {
            let report = try await meter.report("2026-11-01", "2026-11-30", of: other)
            #expect(report.lines.map(\.sum.amount) == [11, 11, 11])
            #expect(report.lines.allSatisfy { $0.sum.count == 1 })
        }
    }
}
