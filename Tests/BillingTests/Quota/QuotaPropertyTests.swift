import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct QuotaPropertyTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `whatever happens, the books equal a simple model and never pass the limit`(seed: UInt64) async throws {
        let till = try await Till()
        var random = SplitMix64(seed: seed)
        var model = Books(limits: [.uploads: 20, .storageBytes: 100], now: till.clock.now())
        let accounts = [till.account, AccountID.random()]
        let plan = Plan(uploadsPerMonth: 20, storageBytes: 100)
        for _ in 1...150 {
            let operation = model.randomOperation(accounts, &random)
            if case .pass(let time) = operation { till.clock.advance(by: time) }
            let expected = model.apply(operation)
            let actual = await outcome { try await perform(operation, till, plan) }
            #expect(actual == expected, "\(operation)")
            #expect(try await balances(in: till) == model.balances, "\(operation)")
            #expect(model.isWithinLimits)
        }
    }

    private func perform(_ operation: Operation, _ till: Till, _ plan: Plan) async throws {
        let ledger = till.ledger
        try await till.database.write { session in
            switch operation {
            case .reserve(let hold, let account, let uploads, let bytes, let life):
                try ledger.reserve(
                    hold, [(.uploads, uploads), (.storageBytes, bytes)], for: account, on: plan, expiresIn: life,
                    in: session)
            case .adjust(let hold, let bytes):
                try ledger.adjust(hold, .storageBytes, to: bytes, on: plan, in: session)
            case .handOver(let hold): try ledger.handOver(hold, in: session)
            case .commit(let hold): try ledger.commit(hold, in: session)
            case .release(let hold): try ledger.release(hold, in: session)
            case .free(let bytes, let account): try ledger.free(bytes, of: .storageBytes, for: account, in: session)
            case .pass: break
            case .expire: try ledger.releaseExpired(in: session)
            case .restart: try ledger.releaseUnowned(in: session)
            }
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

    private func outcome(_ work: () async throws -> Void) async -> Outcome {
        do {
            try await work()
            return .done
        } catch is QuotaExceeded {
            return .exceeded
        } catch is HoldGone {
            return .gone
        } catch {
            return .fault(String(describing: error))
        }
    }
}

private enum Outcome: Equatable {
    case done, exceeded, gone
    case fault(String)
}

private enum Operation: Sendable {
    case reserve(HoldID, AccountID, uploads: Int, bytes: Int, life: Duration?)
    case adjust(HoldID, bytes: Int)
    case handOver(HoldID)
    case commit(HoldID)
    case release(HoldID)
    case free(bytes: Int, AccountID)
    case pass(Duration)
    case expire
    case restart
}

/// The ledger as one would keep it on paper.
private struct Books {
    struct Place: Hashable {
        let account: AccountID
        let unit: QuotaUnit
        let period: String
    }

    struct Balance: Equatable {
        var used = 0
        var held = 0
    }

    private struct Line {
        let place: Place
        var amount: Int
    }

    private struct Entry {
        var lines: [Line]
        var expires: Timestamp?
    }

    let limits: [QuotaUnit: Int]
    private var now: Timestamp
    private var used: [Place: Int] = [:]
    private var holds: [HoldID: Entry] = [:]
    private var names: [HoldID] = []

    init(limits: [QuotaUnit: Int], now: Timestamp) {
        (self.limits, self.now) = (limits, now)
    }

    var balances: [Place: Balance] {
        var balances = used.mapValues { Balance(used: $0) }
        for line in holds.values.flatMap(\.lines) { balances[line.place, default: Balance()].held += line.amount }
        return balances.filter { $0.value != Balance() }
    }

    var isWithinLimits: Bool {
        balances.allSatisfy { place, balance in balance.used + balance.held <= limits[place.unit] ?? .max }
    }

    mutating func randomOperation(_ accounts: [AccountID], _ random: inout SplitMix64) -> Operation {
        let account = accounts.randomElement(using: &random) ?? accounts[0]
        guard let name = names.randomElement(using: &random), Int.random(in: 0..<10, using: &random) > 2 else {
            let hold = HoldID.random()
            names.append(hold)
            return .reserve(
                hold, account, uploads: .random(in: 0...4, using: &random), bytes: .random(in: 0...40, using: &random),
                life: Bool.random(using: &random) ? nil : .seconds(Int.random(in: 1...3_600, using: &random)))
        }
        switch Int.random(in: 0..<14, using: &random) {
        case 0...2: return .adjust(name, bytes: .random(in: 0...60, using: &random))
        case 3: return .handOver(name)
        case 4...6: return .commit(name)
        case 7...8: return .release(name)
        case 9...10:
            let most = used[Place(account: account, unit: .storageBytes, period: "all")] ?? 0
            return .free(bytes: .random(in: 0...most, using: &random), account)
        case 11: return .pass(.seconds(Int.random(in: 1...(10 * 86_400), using: &random)))
        case 12: return .expire
        default: return Int.random(in: 0..<4, using: &random) == 0 ? .restart : .pass(.seconds(600))
        }
    }

    mutating func apply(_ operation: Operation) -> Outcome {
        switch operation {
        case .reserve(let hold, let account, let uploads, let bytes, let life):
            let lines = [(QuotaUnit.uploads, uploads), (.storageBytes, bytes)].map { unit, amount in
                Line(place: Place(account: account, unit: unit, period: unit.period(at: now)), amount: amount)
            }
            guard lines.allSatisfy({ fits($0.amount, $0.place) }) else { return .exceeded }
            holds[hold] = Entry(lines: lines, expires: life.map { now + $0 })
        case .adjust(let hold, let bytes):
            guard let entry = holds[hold] else { return .gone }
            guard bytes <= entry.lines[1].amount || fits(bytes - entry.lines[1].amount, entry.lines[1].place) else {
                return .exceeded
            }
            holds[hold]?.lines[1].amount = bytes
        case .handOver(let hold):
            guard holds[hold] != nil else { return .gone }
            holds[hold]?.expires = nil
        case .commit(let hold):
            guard let entry = holds.removeValue(forKey: hold) else { return .gone }
            for line in entry.lines { used[line.place, default: 0] += line.amount }
        case .release(let hold): holds[hold] = nil
        case .free(let bytes, let account):
            used[Place(account: account, unit: .storageBytes, period: "all"), default: 0] -= bytes
        case .pass(let time): now = now + time
        case .expire: holds = holds.filter { $0.value.expires.map { $0 > now } ?? true }
        case .restart: holds = holds.filter { $0.value.expires == nil }
        }
        return .done
    }

    private func fits(_ amount: Int, _ place: Place) -> Bool {
        let balance = balances[place] ?? Balance()
        return balance.used + balance.held + amount <= limits[place.unit] ?? .max
    }
}
