import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct QuotaPropertyTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `whatever happens, the books equal a simple model and never pass the limit`(seed: UInt64) async throws {
        let till = try await Till()
        var random = SplitMix64(seed: seed)
        var model = Books(
            limits: [.uploads: 20, .storageBytes: 100], mayPass: seed.isMultiple(of: 2), now: till.clock.now())
        let accounts = [till.account, AccountID.random()]
        let plan = Entitlement(Plan(uploadsPerMonth: 20, storageBytes: 100))
        for _ in 1...150 {
            let operation = model.randomOperation(accounts, &random)
            if case .pass(let time) = operation { till.clock.advance(by: time) }
            let expected = model.apply(operation)
            let actual = await outcome { try await perform(operation, till, plan) }
            #expect(actual == expected, "\(operation)")
            #expect(try await balances(in: till) == model.balances, "\(operation)")
            #expect(model.mayPass || model.isWithinLimits, "\(operation)")
            let audit = try await till.verify()
            #expect(audit.differences == [], "\(operation)")
        }
        #expect(try await entriesSum(in: till) == 0)
    }

    private func perform(_ operation: BooksOperation, _ till: Till, _ plan: Entitlement) async throws {
        let ledger = till.ledger
        try await till.database.write { session in
            switch operation {
            case .reserve(let hold, let account, let uploads, let bytes, let life):
                try ledger.reserve(
                    hold, [(.uploads, uploads), (.storageBytes, bytes)], for: account, under: plan,
                    expiresIn: life, in: session)
            case .adjust(let hold, let bytes):
                try ledger.adjust(hold, .storageBytes, to: bytes, under: plan, in: session)
            case .handOver(let hold): try ledger.handOver(hold, in: session)
            case .commit(let hold): try ledger.commit(hold, in: session)
            case .settle(let hold, let bytes): try ledger.settle(hold, to: [(.storageBytes, bytes)], in: session)
            case .correct(let bytes, let account):
                try ledger.correct(.storageBytes, by: bytes, of: account, under: plan, reason: "test", in: session)
            case .release(let hold): try ledger.release(hold, in: session)
            case .free(let bytes, let account): try ledger.free(bytes, of: .storageBytes, for: account, in: session)
            case .pass: break
            case .expire: try ledger.releaseExpired(in: session)
            case .restart: try ledger.releaseUnowned(in: session)
            }
        }
    }

    private func entriesSum(in till: Till) async throws -> Int {
        try await till.database.read { session in
            try session.row(
                """
                SELECT CAST(COALESCE(SUM(available + held + used + correction), 0) AS BIGINT) AS sum FROM quota_entries
                """)?.get("sum") ?? 0
        }
    }

    private func balances(in till: Till) async throws -> [Books.Place: Books.Balance] {
        let rows = try await till.database.read { try $0.rows("SELECT * FROM quota_balances") }
        var balances: [Books.Place: Books.Balance] = [:]
        for row in rows {
            let place = Books.Place(
                account: try row.get("account"), unit: try row.get("unit"), period: try row.get("period"))
            let balance = Books.Balance(used: try row.get("used"), held: try row.get("held"))
            if balance != Books.Balance() { balances[place] = balance }
        }
        return balances
    }

    private func outcome(_ work: () async throws -> Void) async -> BooksOutcome {
        do {
            try await work()
            return .done
        } catch is QuotaExceeded {
            return .exceeded
        } catch is HoldGone {
            return .gone
        } catch QuotaAmountError.moreThanUsed {
            return .tooMuch
        } catch {
            return .fault(String(describing: error))
        }
    }
}
