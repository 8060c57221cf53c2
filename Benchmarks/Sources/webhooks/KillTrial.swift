import Billing
import Foundation
import SeededRandom
import Storage

/// Kills couriers over and over, each at a random moment, and looks what became of what they carried.
struct KillTrial {
    let address: String
    let round: Round

    private struct Findings: Encodable {
        var deliveries = 0
        var events = 0
        var subscriptions = 0
        /// Of couriers that were at work.
        var kills = 0
        var seconds = 0.0
        /// Couriers that ended without having been killed, and without having done all.
        var deaths = 0
        /// Subscriptions that are not what their history says.
        var wrong = 0
        /// Events without an effect.
        var lost = 0
        /// Effects more than one for an event.
        var doubled = 0
        /// Events that are not kept as done.
        var open = 0

        var isGood: Bool { (deaths, wrong, lost, doubled, open) == (0, 0, 0, 0, 0) }
    }

    func run(kills: Int) async throws -> Never {
        let database = try Courier.database(address)
        try await database.migrate(Courier.migrations, at: SystemClock().now())
        var findings = Findings()
        (findings.deliveries, findings.events) = (round.deliveries, round.events)
        findings.subscriptions = round.subscriptions
        let began = ContinuousClock.now
        var random = SplitMix64(seed: 5)
        let crew = try (0..<Round.couriers).map { try CourierProcess(address, round, $0) }
        while !crew.allSatisfy(\.isDone) {
            try await Task.sleep(for: .milliseconds(Int.random(in: 2...20, using: &random)))
            // Spread over the first half of the deliveries, as some come late; and a process that is killed before it begins shows nothing.
            let delivered = try crew.reduce(0) { try $0 + $1.delivered }
            let isTime = delivered / (round.deliveries / 2 / (kills + 1)) > findings.kills
            if findings.kills < kills, isTime,
                let victim = try crew.filter({ try $0.isAtWork }).randomElement(using: &random)
            {
                victim.kill()
                if victim.wasKilled { findings.kills += 1 }
            }
            for place in crew.indices where !crew[place].isRunning && !crew[place].isDone {
                if !crew[place].wasKilled, !crew[place].endedWell { findings.deaths += 1 }
                try crew[place].goOn()
            }
        }
        findings.seconds = (ContinuousClock.now - began) / .seconds(1)
        try await look(at: database, &findings)
        print(String(decoding: try JSONEncoder().encode(findings), as: UTF8.self))
        exit(findings.isGood && findings.kills == kills ? 0 : 1)
    }

    private func look(at database: any Database, _ findings: inout Findings) async throws {
        let (effects, done) = try await database.read { session in
            let events = try session.rows("SELECT event FROM effects").map { try $0.get("event", as: EventID.self) }
            let done = try session.rows("SELECT id FROM webhook_events WHERE outcome IN ('applied', 'stale')").count
            return (Dictionary(events.map { ($0, 1) }, uniquingKeysWith: +), done)
        }
        findings.lost = (0..<round.events).count { effects[round.name("evt", $0)] == nil }
        findings.doubled = effects.values.reduce(0) { $0 + $1 - 1 }
        findings.open = round.events - done
        let subscriptions = Subscriptions()
        for number in 0..<round.subscriptions {
            let history = round.history(of: number)
            var truth = history.last?.picture
            truth?.pastDueSince = history.reversed().prefix { $0.picture.status == .pastDue }.last?.at
            let (found, isSuspect) = try await database.read { session in
                let id: SubscriptionID = round.name("sub", number)
                return (try subscriptions.find(id, in: session), try subscriptions.isSuspect(id, in: session))
            }
            if found != truth || isSuspect { findings.wrong += 1 }
        }
    }
}

/// A courier in a process of its own, that may be stopped at any time and goes on where it was.
final class CourierProcess {
    private let (address, round, place): (String, Round, Int)
    private var process = Process()
    private let words: URL
    private var start = 0
    private(set) var wasKilled = false

    init(_ address: String, _ round: Round, _ place: Int) throws {
        (self.address, self.round, self.place) = (address, round, place)
        words = FileManager.default.temporaryDirectory.appending(path: "webhooks-\(getpid())-\(place)")
        try begin()
    }

    deinit { try? FileManager.default.removeItem(at: words) }

    var isRunning: Bool { process.isRunning }
    var endedWell: Bool { process.terminationReason == .exit && process.terminationStatus == 0 }
    /// All is delivered.
    var isDone: Bool { !isRunning && !wasKilled && endedWell }

    /// Whether it has delivered something since it began, and is not through.
    var isAtWork: Bool {
        get throws { try isRunning && delivered > start }
    }

    /// How many it and those before it have said to be kept.
    var delivered: Int {
        get throws {
            let said = try String(contentsOf: words, encoding: .utf8)
            // The last line may be cut off.
            let lines = said.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            return lines.last.flatMap { Int($0) }.map { $0 + 1 } ?? start
        }
    }

    /// Ends it without a word, and waits until it is gone.
    func kill() {
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        wasKilled = process.terminationReason == .uncaughtSignal
    }

    /// Another takes its place, from the first delivery on that was not said to be kept.
    func goOn() throws {
        start = try delivered
        wasKilled = false
        try begin()
    }

    private func begin() throws {
        process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["courier", address, "\(round.deliveries)", "\(place)", "\(start)"]
        // A file, not a pipe: what was said stays when it is killed.
        _ = FileManager.default.createFile(atPath: words.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: words)
        try process.run()
    }
}
