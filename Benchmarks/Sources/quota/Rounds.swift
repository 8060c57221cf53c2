import Billing
import Figures
import Foundation
import Storage

/// Lets four processes of shoppers race for the same limits, kills one after the other, and looks whether it all adds up.
struct Rounds {
    private static let processes = 4

    let place: Place

    init(_ place: Place) {
        self.place = place
    }

    private struct Findings: Encodable {
        /// That were granted what they asked for.
        var rounds = 0
        var refused = 0
        var kills = 0
        /// Shoppers that ended by themselves, or said that something was not as it should be.
        var faults = 0
        var entries = 0
        var commits = 0
        /// Moments at which more was used and held than the limit.
        var passed = 0
        /// Balances that are not the sum of the deeds.
        var wrongBalances = 0
        /// What the audit of the ledger found, before and after the last holds were released.
        var differences = 0
        /// How long one such audit took.
        var verifySeconds = 0.0
        /// The sum of all entries.
        var sum = 0
        /// What is still held when nobody holds anything.
        var held = 0

        mutating func end(_ shoppers: ShopperProcess) {
            let wasThere = shoppers.kill()
            let said = shoppers.said
            (rounds, refused, kills) = (rounds + said.rounds, refused + said.refused, kills + 1)
            faults += said.faults.count + (wasThere ? 0 : 1)
            for fault in said.faults.prefix(5) { print("# \(fault)") }
        }

        var isGood: Bool { faults + passed + wrongBalances + differences + held == 0 && sum == 0 && commits > 0 }
    }

    func run(_ count: Int) async throws -> Never {
        let database = try await place.database()
        let clock = FastClock(began: SystemClock().now().milliseconds)
        var (crew, findings) = ([ShopperProcess](), Findings())
        for _ in 0..<Self.processes { crew.append(try ShopperProcess(on: place, clock)) }
        while findings.rounds + crew.reduce(0, { $0 + $1.said.rounds }) < count {
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...400)))
            let victim = Int.random(in: crew.indices)
            findings.end(crew[victim])
            crew[victim] = try ShopperProcess(on: place, clock)
        }
        for shoppers in crew { findings.end(shoppers) }
        try await conclude(&findings, database, QuotaLedger(clock: clock))
        try report(findings)
        exit(findings.isGood ? 0 : 1)
    }

    private func conclude(_ findings: inout Findings, _ database: any Database, _ ledger: QuotaLedger) async throws {
        let began = ContinuousClock.now
        let before = try await database.read { try ledger.verify(in: $0) }
        findings.verifySeconds = began.duration(to: .now) / .seconds(1)
        try await releaseAll(database, ledger)
        let after = try await database.read { try ledger.verify(in: $0) }
        for difference in (before.differences + after.differences).prefix(10) { print("# \(difference)") }
        findings.differences = before.found + after.found
        findings.entries = after.entries
        (findings.commits, findings.sum, findings.held) = try await database.read { session in
            (
                try session.number("SELECT COUNT(*) AS number FROM deeds"),
                try session.number(
                    "SELECT SUM(available + held + used + correction) AS number FROM quota_entries"),
                try session.number("SELECT SUM(held) AS number FROM quota_balances")
            )
        }
        findings.passed = try await database.read(passed)
        findings.wrongBalances = try await database.read(wrongBalances)
    }

    /// The holds of processes that are gone: of jobs that will never end, and those that did not run out yet.
    private func releaseAll(_ database: any Database, _ ledger: QuotaLedger) async throws {
        try await database.write { session in
            let holds = try session.rows("SELECT DISTINCT hold FROM quota_holds")
            for row in holds { try ledger.release(try row.get("hold"), in: session) }
        }
    }

    /// Every entry is a moment at which the limit holds.
    private func passed(_ session: any ReadSession) throws -> Int {
        try session.number(
            """
            SELECT COUNT(*) AS number FROM (
                SELECT unit, SUM(held + used) OVER (PARTITION BY account, unit, period ORDER BY number) AS taken
                FROM quota_entries) AS moments
            WHERE taken > CASE unit WHEN 'ai_prompts' THEN \(Shoppers.plan.aiPromptsPerDay ?? 0)
                ELSE \(Shoppers.plan.storageBytes ?? 0) END
            """)
    }

    private func wrongBalances(_ session: any ReadSession) throws -> Int {
        var wrong = 0
        for account in Shoppers.accounts {
            for (unit, column) in [("ai_prompts", "prompts"), ("storage_bytes", "bytes * (1 - freed)")] {
                let used = try session.number(
                    "SELECT SUM(used) AS number FROM quota_balances WHERE account = \(account) AND unit = \(unit)")
                let done = try session.number(
                    "SELECT SUM(\(SQL(stringLiteral: column))) AS number FROM deeds WHERE account = \(account)")
                if used != done { wrong += 1 }
            }
        }
        return wrong
    }
}

extension ReadSession {
    /// The column `number` of a statement's one row; 0 for null.
    fileprivate func number(_ sql: SQL) throws -> Int {
        try row("SELECT CAST(COALESCE(number, 0) AS BIGINT) AS number FROM (\(sql)) AS answer")?.get("number") ?? 0
    }
}

/// Shoppers in a process of their own.
private final class ShopperProcess {
    private let process = Process()
    private let words = FileManager.default.temporaryDirectory.appending(path: "quota-\(UUID().uuidString)")

    init(on place: Place, _ clock: FastClock) throws {
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["shoppers", place.address, "\(clock.began)"]
        // A file, not a pipe: what was said stays when the process is killed.
        _ = FileManager.default.createFile(atPath: words.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: words)
        try process.run()
    }

    deinit {
        try? FileManager.default.removeItem(at: words)
    }

    /// Ends it without a word, and waits until it is gone.
    ///
    /// - Returns: whether it was there until then.
    func kill() -> Bool {
        let isThere = process.isRunning
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return isThere
    }

    var said: ShopperWords { ShopperWords((try? Data(contentsOf: words)) ?? Data()) }
}

/// What shoppers said until they were killed.
private struct ShopperWords {
    private(set) var rounds = 0
    private(set) var refused = 0
    private(set) var faults: [String] = []

    init(_ bytes: Data) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: "!"), maxSplits: 1, omittingEmptySubsequences: false)
            rounds += words[0].count { $0 == UInt8(ascii: ".") }
            refused += words[0].count { $0 == UInt8(ascii: "-") }
            if words.count > 1 { faults.append(String(decoding: words[1], as: UTF8.self)) }
        }
    }
}
