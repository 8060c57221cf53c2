import Billing
import Figures
import Foundation
import Storage

/// How many reservations a second are taken and committed, in a transaction each; the median of five runs.
struct Speed {
    private static let (runs, seconds) = (5, 1.0)

    let place: Place

    init(_ place: Place) {
        self.place = place
    }

    private struct Figure: Encodable {
        let name = "reserve and commit"
        let users: Int
        let atOnce: Int
        let isolation: String
        let reservationsPerSecond: Int
        let least, most: Int
    }

    func run() async throws {
        let (database, ledger) = (try await place.database(connections: 32), QuotaLedger())
        for users in [1, 10_000] {
            let accounts = (0..<users).map { _ in AccountID.random() }
            for atOnce in [1, 8, 32] {
                // On SQLite both are the same.
                let isolations: [WriteIsolation] = place.isServer ? [.serializable, .readCommitted] : [.serializable]
                for isolation in isolations {
                    var rates: [Int] = []
                    for _ in 0..<Self.runs {
                        rates.append(try await rate(database, ledger, accounts, atOnce, isolation))
                    }
                    rates.sort()
                    try report(
                        Figure(
                            users: users, atOnce: atOnce, isolation: "\(isolation)",
                            reservationsPerSecond: rates[rates.count / 2], least: rates[0], most: rates[rates.count - 1]
                        ))
                }
            }
        }
        let audit = try await database.read { try ledger.verify(in: $0) }
        precondition(audit.isClean, "\(audit.differences)")
    }

    private func rate(
        _ database: any Database, _ ledger: QuotaLedger, _ accounts: [AccountID], _ atOnce: Int,
        _ isolation: WriteIsolation
    ) async throws -> Int {
        let (began, plan) = (ContinuousClock.now, Entitlement(Plan(uploadsPerMonth: .max, storageBytes: .max)))
        let end = began + .seconds(Self.seconds)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<atOnce {
                group.addTask {
                    var count = 0
                    while ContinuousClock.now < end {
                        let (hold, account) = (HoldID.random(), accounts[Int.random(in: accounts.indices)])
                        try await database.write(isolation) { session in
                            try ledger.reserve(
                                hold, [(.uploads, 1), (.storageBytes, 1_000)], for: account, under: plan,
                                expiresIn: .seconds(900), in: session)
                        }
                        try await database.write(isolation) { try ledger.commit(hold, in: $0) }
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return Int(Double(count) / (began.duration(to: .now) / .seconds(1)))
    }
}
