import Foundation
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
