import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct UsageReportTests {
    @Test func `a report has what was used today, of this account alone`() async throws {
        let meter = try await Meter()
        try await meter.record(.analysis, 2, cost: 30)
        _ = try await meter.rollUp.run(on: meter.database)
        try await meter.record(.analysis, 3, cost: 45)
        try await meter.record(.analysis, 9, cost: 1, for: .random())
        let report = try await meter.report("2026-11-21", "2026-11-21")
        #expect(report.lines.map(\.sum.amount) == [5_000])
        #expect(report.cost == MicroUSD(75))
    }

    @Test func `totals are by feature, and exact`() async throws {
        let meter = try await Meter()
        for _ in 1...10 { try await meter.record(.analysis, 0.1, cost: 2) }
        meter.clock.advance(by: .seconds(86_400))
        try await meter.record(.analysis, 0.2, cost: 3)
        try await meter.prompt(AITokens(input: 4, output: 5), .vibe, cost: 87)
        try await meter.prompt(AITokens(input: 1, output: 1), .draftMessage, cost: 18)
        let totals = try await meter.report("2026-11-21", "2026-11-22").totals
        #expect(totals.map(\.feature) == [.ai, .analysis])
        #expect(totals.map(\.sum.amount) == [11, 1_200])
        #expect(totals.map(\.sum.cost.whole.count) == [105, 23])
        #expect(totals.first?.sum.tokens == AITokens(input: 5, output: 6))
    }

    @Test func `400 days are one report, and no more`() async throws {
        let meter = try await Meter()
        _ = try await meter.report("2026-01-01", "2027-02-04")
        await #expect(throws: UsageRangeFlaw.tooLong) { try await meter.report("2026-01-01", "2027-02-05") }
        await #expect(throws: UsageRangeFlaw.backwards) { try await meter.report("2026-01-02", "2026-01-01") }
        await #expect(throws: UsageRangeFlaw.tooLong) {
            try await meter.database.read { session in
                try meter.log.report(
                    of: meter.account, from: UTCDay(number: .min), through: UTCDay(number: .max), in: session)
            }
        }
        #expect(UsageRangeFlaw.tooLong.description.contains("400"))
    }

    @Test func `what is written as CSV is read again as it was`() async throws {
        let meter = try await Meter()
        try await meter.record(.analysis, 2.5, cost: 38)
        try await meter.prompt(AITokens(input: 500, output: 1_000), .draftMessage, cost: 16_500)
        try await meter.send(123_456_789_012)
        let text = try await meter.report("2026-11-01", "2026-11-30").csv
        #expect(
            text == """
                day,feature,purpose,amount,unit,input_tokens,output_tokens,count,cost_usd\r
                2026-11-21,ai,draft_message,1500,tokens,500,1000,1,0.016500\r
                2026-11-21,analysis,,2.500,seconds,0,0,1,0.000038\r
                2026-11-21,egress,,123456789012,bytes,0,0,1,0.000000\r

                """)
        #expect(rows(text).allSatisfy { $0.count == 9 })
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"so\"", "\"say \"\"so\"\"\""),
        ("two\r\nlines", "\"two\r\nlines\""),
        ("=1+2", "'=1+2"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"),
        ("\r=1", "\"'\r=1\""), ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""), ("", ""),
    ])
    func `a cell is quoted where it must be, and is never a formula`(content: String, cell: String) {
        #expect(CSVCell.plain(content) == cell)
        let expected = cell.contains("'") && !content.contains("'") ? "'" + content : content
        #expect(rows(cell + ",end\r\n") == [[expected, "end"]])
    }

    @Test func `a report is JSON with its unit beside each amount`() async throws {
        let meter = try await Meter()
        try await meter.record(.stems, 2.5, cost: 38)
        try await meter.prompt(AITokens(input: 3, output: 4), .vibe, cost: 69)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let report = try await meter.report("2026-11-20", "2026-11-21")
        #expect(
            String(decoding: try encoder.encode(report), as: UTF8.self) == """
                {"cost_microusd":107,"from":"2026-11-20","lines":[\
                {"amount":7,"cost_microusd":69,"count":1,"day":"2026-11-21","feature":"ai","input_tokens":3,\
                "output_tokens":4,"purpose":"vibe","unit":"tokens"},\
                {"amount":2.5,"cost_microusd":38,"count":1,"day":"2026-11-21","feature":"stems","unit":"seconds"}],\
                "through":"2026-11-21","totals":[\
                {"amount":7,"cost_microusd":69,"count":1,"feature":"ai","input_tokens":3,"output_tokens":4,\
                "unit":"tokens"},\
                {"amount":2.5,"cost_microusd":38,"count":1,"feature":"stems","unit":"seconds"}]}
                """)
    }

    @Test func `what is asked often reads no whole table`() async throws {
        let meter = try await Meter()
        try await meter.database.write { session in
            for number in 0..<600 {
                let account = AccountID.random()
                try meter.log.record(.analysis, amount: 1, cost: .zero, for: account, job: nil, in: session)
                try session.execute("UPDATE usage_entries SET rolled_up = 1 WHERE account = \(account)")
                try meter.log.add(.egress, count: number, cost: UsageCost(.zero), for: account, in: session)
            }
            try session.execute(
                """
                INSERT INTO usage_days SELECT account, day + copy, feature, detail, amount, 0, 0, 1, 0, 0
                FROM usage_days CROSS JOIN (SELECT 1 AS copy UNION SELECT 2 UNION SELECT 3 UNION SELECT 40) AS copies
                """)
            try QueryPlan.analyze(session)
        }
        try await meter.record(.analysis, 1)
        let plans = try await QueryPlan.all(on: meter.database) { database in
            _ = try await database.read { session in
                _ = try meter.log.reportOfMonth(of: meter.account, in: session)
                _ = try meter.log.list(of: meter.account, PageRequest(), in: session)
            }
            _ = try await database.write { session in
                _ = try meter.rollUp.rollUp(atMost: 5, in: session)
                try meter.log.add(.egress, count: 1, cost: UsageCost(.zero), for: meter.account, in: session)
            }
        }
        #expect(plans.count >= 6)
        for plan in plans { #expect(plan.wholeTables.filter { $0.hasPrefix("usage_days") }.isEmpty, "\(plan)") }
        for plan in plans where !"\(plan)".contains("usage_entries_open") {
            #expect(plan.wholeTables.isEmpty, "\(plan)")
        }
    }

    /// Reads RFC 4180.
    private func rows(_ text: String) -> [[String]] {
        var (rows, row, cell, isQuoted) = ([[String]](), [String](), String.UnicodeScalarView(), false)
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            next = scalars.next()
            switch scalar {
            case "\"" where isQuoted && next == "\"":
                cell.append("\"")
                next = scalars.next()
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                row.append(String(cell))
                cell = String.UnicodeScalarView()
            case "\r" where !isQuoted && next == "\n":
                rows.append(row + [String(cell)])
                (row, cell) = ([], String.UnicodeScalarView())
                next = scalars.next()
            default: cell.append(scalar)
            }
        }
        return rows
    }
}
