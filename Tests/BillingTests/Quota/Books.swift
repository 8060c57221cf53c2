import Storage
import StorageTestKit
import Testing

@testable import Billing

/// What came of an operation.
enum BooksOutcome: Equatable {
    case done, exceeded, gone, tooMuch
    case fault(String)
}

/// What is done to the ledger and to its model alike.
enum BooksOperation: Sendable {
    case reserve(HoldID, AccountID, uploads: Int, bytes: Int, life: Duration?)
    case adjust(HoldID, bytes: Int)
    case handOver(HoldID)
    case commit(HoldID)
    case settle(HoldID, bytes: Int)
    case correct(bytes: Int, AccountID)
    case release(HoldID)
    case free(bytes: Int, AccountID)
    case pass(Duration)
    case expire
    case restart
}

/// The ledger as one would keep it on paper.
struct Books {
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
    /// Whether work is settled, and corrected, beyond what was held.
    let mayPass: Bool
    private var now: Timestamp
    private var used: [Place: Int] = [:]
    private var holds: [HoldID: Entry] = [:]
    private var names: [HoldID] = []

    init(limits: [QuotaUnit: Int], mayPass: Bool, now: Timestamp) {
        (self.limits, self.mayPass, self.now) = (limits, mayPass, now)
    }

    var balances: [Place: Balance] {
        var balances = used.mapValues { Balance(used: $0) }
        for line in holds.values.flatMap(\.lines) { balances[line.place, default: Balance()].held += line.amount }
        return balances.filter { $0.value != Balance() }
    }

    var isWithinLimits: Bool {
        balances.allSatisfy { place, balance in balance.used + balance.held <= limits[place.unit] ?? .max }
    }

    mutating func randomOperation(_ accounts: [AccountID], _ random: inout SplitMix64) -> BooksOperation {
        let account = accounts.randomElement(using: &random) ?? accounts[0]
        guard let name = names.randomElement(using: &random), Int.random(in: 0..<10, using: &random) > 2 else {
            let hold = HoldID.random()
            names.append(hold)
            return .reserve(
                hold, account, uploads: .random(in: 0...4, using: &random), bytes: .random(in: 0...40, using: &random),
                life: Bool.random(using: &random) ? nil : .seconds(Int.random(in: 1...3_600, using: &random)))
        }
        switch Int.random(in: 0..<18, using: &random) {
        case 0...2: return .adjust(name, bytes: .random(in: 0...60, using: &random))
        case 3: return .handOver(name)
        case 4...6: return .commit(name)
        case 7...8: return .release(name)
        case 9...10:
            let most = used[Place(account: account, unit: .storageBytes, period: "all")] ?? 0
            return .free(bytes: .random(in: 0...(most + 1), using: &random), account)
        case 11: return .pass(.seconds(Int.random(in: 1...(10 * 86_400), using: &random)))
        case 12: return .expire
        case 13...15:
            let most = mayPass ? 60 : holds[name]?.lines[1].amount ?? 0
            return .settle(name, bytes: .random(in: 0...most, using: &random))
        case 16: return .correct(bytes: .random(in: -20...(mayPass ? 20 : 0), using: &random), account)
        default: return Int.random(in: 0..<4, using: &random) == 0 ? .restart : .pass(.seconds(600))
        }
    }

    mutating func apply(_ operation: BooksOperation) -> BooksOutcome {
        switch operation {
        case .reserve(let hold, let account, let uploads, let bytes, let life):
            let lines = [(QuotaUnit.uploads, uploads), (.storageBytes, bytes)].map { unit, amount in
                Line(
                    place: Place(
                        account: account, unit: unit, period: unit.window(at: now, under: Entitlement(Plan())).name),
                    amount: amount)
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
            return add(-bytes, for: account)
        case .settle(let hold, let bytes):
            guard let entry = holds.removeValue(forKey: hold) else { return .gone }
            used[entry.lines[0].place, default: 0] += entry.lines[0].amount
            used[entry.lines[1].place, default: 0] += bytes
        case .correct(let bytes, let account): return add(bytes, for: account)
        case .pass(let time): now = now + time
        case .expire: holds = holds.filter { $0.value.expires.map { $0 > now } ?? true }
        case .restart: holds = holds.filter { $0.value.expires == nil }
        }
        return .done
    }

    private mutating func add(_ bytes: Int, for account: AccountID) -> BooksOutcome {
        let place = Place(account: account, unit: .storageBytes, period: "all")
        guard used[place, default: 0] + bytes >= 0 else { return .tooMuch }
        used[place, default: 0] += bytes
        return .done
    }

    private func fits(_ amount: Int, _ place: Place) -> Bool {
        let balance = balances[place] ?? Balance()
        return balance.used + balance.held + amount <= limits[place.unit] ?? .max
    }
}
