import Billing
import Foundation
import Storage

/// A process of 64 tasks that reserve, change their minds, fail, try again and commit, until somebody kills it.
///
/// Every round says a byte, `.` or `-` for one that the limit refused; a line that begins with `!` says what should not have
/// been.
struct Shoppers {
    static let tasks = 64
    static let accounts = (0..<4).compactMap { AccountID("00000000-0000-4000-8000-00000000000\($0)") }
    static let plan = Plan(storageBytes: 1_000, aiPromptsPerDay: 2_000)
    /// Half a second by the fast clock.
    private static let life = Duration.seconds(21_600)

    let place: Place
    let clock: FastClock

    init(_ place: Place, clock: FastClock) {
        (self.place, self.clock) = (place, clock)
    }

    func run() async throws {
        let database = try await place.database()
        let shop = Shop(database: database, ledger: QuotaLedger(clock: clock))
        let parent = getppid()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.tasks {
                group.addTask {
                    // Nobody is left to kill them when the parent is gone.
                    while getppid() == parent {
                        do {
                            Self.say(try await shop.round(life: Self.life) ? "." : "-")
                        } catch DatabaseError.busy, DatabaseError.unavailable {
                            continue
                        } catch {
                            Self.say("!\(error)\n")
                        }
                    }
                }
            }
        }
    }

    /// In one call, unbuffered: the next moment may be the last.
    static func say(_ words: String) {
        FileHandle.standardOutput.write(Data(words.utf8))
    }
}

/// What one of the tasks does.
private struct Shop: Sendable {
    private struct Failure: Error {}

    let database: any Database
    let ledger: QuotaLedger

    /// - Returns: whether there was enough for it.
    func round(life: Duration) async throws -> Bool {
        let account = Shoppers.accounts.randomElement() ?? .random()
        let (hold, bytes) = (HoldID.random(), Int.random(in: 1...40))
        var isGranted = false
        do {
            try await write { session in
                try ledger.reserve(
                    hold, [(.aiPrompts, 1), (.storageBytes, bytes)], for: account, under: Entitlement(Shoppers.plan),
                    expiresIn: life, in: session)
            }
            isGranted = true
            try await end(hold, of: account, bytes)
        } catch is QuotaExceeded {
        } catch is HoldGone {
            // It ran out, or had ended in the attempt that was cancelled.
        }
        if Int.random(in: 0..<10) > 0 { try await write { try Deeds.free(of: account, ledger, in: $0) } }
        if Int.random(in: 0..<40) == 0 { _ = try await write { try ledger.releaseExpired(in: $0) } }
        return isGranted
    }

    private func end(_ hold: HoldID, of account: AccountID, _ bytes: Int) async throws {
        let commit: @Sendable (any WriteSession) throws -> Void = { session in
            try ledger.commit(hold, in: session)
            try Deeds.note(hold, of: account, bytes: bytes, in: session)
        }
        switch Int.random(in: 0..<9) {
        case 0: try await write { try ledger.release(hold, in: $0) }
        case 1: break  // Left to run out.
        case 2:
            // It fails at the last moment, and is tried again.
            do {
                try await write { session in
                    try commit(session)
                    throw Failure()
                }
            } catch is Failure {}
            try await write(commit)
        case 3:
            let task = Task { try await write(commit) }
            if Bool.random() { await Task.yield() }
            task.cancel()
            do { try await task.value } catch is CancellationError { try await write(commit) }
        case 4:
            let exact = Int.random(in: 1...60)
            try await write { session in
                try ledger.adjust(hold, .storageBytes, to: exact, under: Entitlement(Shoppers.plan), in: session)
                try ledger.handOver(hold, in: session)
            }
            try await write { session in
                try ledger.commit(hold, in: session)
                try Deeds.note(hold, of: account, bytes: exact, in: session)
            }
        case 5:
            let exact = Int.random(in: 0...bytes)
            try await write { session in
                try ledger.settle(hold, to: [(.storageBytes, exact)], in: session)
                try Deeds.note(hold, of: account, bytes: exact, in: session)
            }
        case 6:
            // One refund, however often it is asked for.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await write { try ledger.release(hold, in: $0) } } }
                try await group.waitForAll()
            }
        default: try await write(commit)
        }
    }

    /// Either isolation is enough.
    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await database.write(Bool.random() ? .readCommitted : .serializable, body)
    }
}
