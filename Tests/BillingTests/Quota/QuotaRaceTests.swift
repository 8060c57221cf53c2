import Foundation
import FreshDatabases
import Storage
import StorageSQLite
import Testing

@testable import Billing

@Suite struct QuotaRaceTests {
    @Test func `of two that race for the last unit one wins`() async throws {
        for _ in 1...20 {
            let till = try await Till()
            let plan = Plan(uploadsPerMonth: 10)
            try await till.commit(try await till.reserve([(.uploads, 9)], on: plan))
            #expect(await winners(of: 2, over: [till], plan) == 1)
            #expect(try await till.balance(.uploads).amounts == [9, 1])
        }
    }

    @Test(arguments: [0, 1, 10, 255])
    func `of 256 at once exactly as many win as the limit allows`(limit: Int) async throws {
        let till = try await Till()
        #expect(await winners(of: 256, over: [till], Plan(uploadsPerMonth: limit)) == limit)
        #expect(try await till.balance(.uploads).amounts == [0, limit])
    }

    @Test func `several programs on one file share one limit`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "quota-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "test.sqlite").path
        let tills = [
            try await Till(SQLiteDatabase(path: path)), try await Till(SQLiteDatabase(path: path)),
        ]
        #expect(await winners(of: 64, over: tills, Plan(uploadsPerMonth: 10)) == 10)
        #expect(try await tills[1].balance(.uploads, of: tills[0].account).amounts == [0, 10])
    }

    @Test(.enabled(if: FreshDatabase.postgresURL != nil, "set TEST_POSTGRES_URL to check PostgreSQL"))
    func `several programs on one server share one limit`() async throws {
        let schema = try await FreshDatabase.schema()
        let tills = [try await Till(schema.database()), try await Till(schema.database())]
        #expect(await winners(of: 256, over: tills, Plan(uploadsPerMonth: 10)) == 10)
        #expect(try await tills[1].balance(.uploads, of: tills[0].account).amounts == [0, 10])
        #expect(try await tills[0].verify().isClean)
    }

    @Test(arguments: [WriteIsolation.serializable, .readCommitted])
    func `a ledger adds up at every moment that it is looked at`(isolation: WriteIsolation) async throws {
        let till = try await Till()
        let plan = Entitlement(Plan(uploadsPerMonth: 30, storageBytes: 500))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    for round in 0..<15 {
                        let hold = HoldID.random()
                        do {
                            try await till.database.write(isolation) { session in
                                try till.ledger.reserve(
                                    hold, [(.uploads, 1), (.storageBytes, 20)], for: till.account, under: plan,
                                    expiresIn: .zero, in: session)
                            }
                        } catch is QuotaExceeded {}
                        try await till.database.write(isolation) { session in
                            switch (number + round) % 4 {
                            case 0: try till.ledger.release(hold, in: session)
                            case 1: try till.ledger.releaseExpired(upTo: 3, in: session)
                            default:
                                guard try till.ledger.isHeld(hold, in: session) else { return }
                                // Another sweep may have been faster since.
                                do {
                                    try till.ledger.settle(hold, to: [(.storageBytes, number)], in: session)
                                } catch is HoldGone {}
                            }
                        }
                    }
                }
            }
            for _ in 0..<20 { #expect(try await till.verify().differences == []) }
            try await group.waitForAll()
        }
        let audit = try await till.verify()
        #expect(audit.isClean && audit.entries > 60)
    }

    @Test func `of many that release one hold at once, it is given back once`() async throws {
        let till = try await Till()
        _ = try await till.reserve([(.uploads, 5)], on: Plan())
        let hold = try await till.reserve([(.uploads, 1)], on: Plan())
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...100 { group.addTask { try? await till.release(hold) } }
        }
        #expect(try await till.balance(.uploads).amounts == [0, 5])
    }

    @Test func `of commit and release at once one takes effect`() async throws {
        let till = try await Till()
        for count in 1...20 {
            let before = try await till.balance(.uploads).used
            let hold = try await till.reserve([(.uploads, 1)], on: Plan())
            async let released: Void? = try? till.release(hold)
            async let committed: Void? = try? till.commit(hold)
            let (won, _) = (await committed != nil, await released)
            #expect(try await till.balance(.uploads).amounts == [before + (won ? 1 : 0), 0], "round \(count)")
        }
    }

    @Test func `256 at once, with cancels, failures and retries, never pass the limit and are paid back exactly`()
        async throws
    {
        let till = try await Till()
        let plan = Entitlement(Plan(uploadsPerMonth: 40, storageBytes: 1_000))
        struct Failure: Error {}
        let used = await withTaskGroup(of: Int.self) { group in
            for number in 0..<256 {
                group.addTask {
                    let bytes = 1 + number % 50
                    guard let hold = try? await till.reserve([(.uploads, 1), (.storageBytes, bytes)], under: plan)
                    else {
                        return 0
                    }
                    switch number % 4 {
                    case 0:
                        try? await till.release(hold)
                        return 0
                    case 1:
                        // Cancelled in the middle: whether it was kept shows when it is tried again.
                        let task = Task { try await till.commit(hold) }
                        task.cancel()
                        if (try? await task.value) == nil { try? await till.commit(hold) }
                        return bytes
                    case 2:
                        let failed: Void? = try? await till.database.write(.readCommitted) { session in
                            try till.ledger.commit(hold, in: session)
                            throw Failure()
                        }
                        #expect(failed == nil)
                        try? await till.commit(hold)
                        return bytes
                    default:
                        try? await till.settle(hold, to: [(.storageBytes, bytes / 2)])
                        return bytes / 2
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(try await till.balance(.storageBytes).amounts == [used, 0])
        #expect(used > 0)
        let most = try await till.database.read { session in
            try session.rows(
                """
                SELECT unit, MAX(taken) AS most FROM (
                    SELECT unit, CAST(SUM(held + used) OVER (PARTITION BY account, unit, period ORDER BY number) AS BIGINT)
                        AS taken
                    FROM quota_entries) AS moments
                GROUP BY unit ORDER BY unit
                """
            ).map { try $0.get("most", as: Int.self) }
        }
        #expect(most[0] <= 1_000 && most[1] <= 40)
        #expect(try await till.verify().isClean)
    }

    private func winners(of count: Int, over tills: [Till], _ plan: Plan) async -> Int {
        let account = tills[0].account
        return await withTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                group.addTask {
                    let till = tills[number % tills.count]
                    return (try? await till.reserve([(.uploads, 1)], on: plan, for: account)) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
    }
}
