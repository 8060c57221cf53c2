import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct QuotaCorrectionTests {
    @Test func `a correction is an entry of its own, with the operator's words`() async throws {
        let till = try await Till()
        try await till.use(5, .uploads, on: Plan())
        try await till.correct(.uploads, by: -2)
        try await till.correct(.uploads, by: 1)
        #expect(try await till.balance(.uploads).amounts == [4, 0])
        let rows = try await till.database.read { session in
            try session.rows("SELECT * FROM quota_entries WHERE reason = 'correct' ORDER BY number")
        }
        #expect(try rows.map { try $0.get("used", as: Int.self) } == [-2, 1])
        #expect(try rows.map { try $0.get("correction", as: Int.self) } == [2, -1])
        #expect(try rows.map { try $0.get("note", as: String.self) } == ["a fault of ours", "a fault of ours"])
        #expect(try await till.verify().isClean)
    }

    @Test func `more than is used cannot be taken away`() async throws {
        let till = try await Till()
        try await till.use(2, .uploads, on: Plan())
        await #expect(throws: QuotaAmountError.moreThanUsed(.uploads, used: 2, asked: 3)) {
            try await till.correct(.uploads, by: -3)
        }
        await #expect(throws: QuotaAmountError.moreThanUsed(.analyses, used: 0, asked: 1)) {
            try await till.correct(.analyses, by: -1)
        }
        #expect(try await till.balance(.uploads).amounts == [2, 0])
    }

    @Test func `what the operator adds may pass the limit, and counts against it`() async throws {
        let till = try await Till()
        try await till.correct(.uploads, by: 4, on: Plan(uploadsPerMonth: 3))
        #expect(try await till.balance(.uploads).amounts == [4, 0])
        await #expect(throws: QuotaExceeded.self) {
            try await till.reserve([(.uploads, 1)], on: Plan(uploadsPerMonth: 4))
        }
    }
}
