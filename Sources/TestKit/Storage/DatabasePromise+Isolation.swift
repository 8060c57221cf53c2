import Storage
import Testing

extension DatabasePromise {
    /// A promise of its own, to be checked with many connections too.
    public static let ring = DatabasePromise("a ring of rows that 16 rotate at once stays one ring") { database in
        let (ring, writers, each) = (LinkedRows(database, count: 40), 16, Rounds.count(4))
        try await ring.make()
        try await withThrowingTaskGroup { group in
            for writer in 0..<writers {
                group.addTask {
                    var random = SplitMix64(seed: UInt64(writer))
                    for _ in 0..<each { try await ring.rotate(at: .random(in: 0..<ring.count, using: &random)) }
                }
            }
            group.addTask {
                for _ in 0..<each {
                    let isWhole = try await ring.isWhole()
                    #expect(isWhole)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await ring.isWhole())
        #expect(try await ring.rotations() == writers * each, "a change was lost")
        Rounds.report("\(writers * each) rotations of a ring by \(writers) at once: one ring, none lost")
    }

    static let isolation = [
        ring,
        DatabasePromise("at read committed, who holds a row before deciding loses no change") { database in
            try await database.makeAccounts([0])
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<5 {
                            try await database.write(.readCommitted) { session in
                                let held = try session.row("SELECT balance FROM accounts \(.forUpdate)")
                                let balance: Int = try #require(try held?.get("balance"))
                                try session.execute("UPDATE accounts SET balance = \(balance + 1)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.balances() == [40])
        },
        DatabasePromise("at read committed too, a transaction is kept whole or not at all") { database in
            try await database.makeAccounts([1, 2])
            await #expect(throws: LinkedRows.Undone.self) {
                try await database.write(.readCommitted) { session in
                    try session.execute("UPDATE accounts SET balance = 0")
                    throw LinkedRows.Undone()
                }
            }
            await #expect(throws: DatabaseError.self) {
                try await database.write(.readCommitted) { session in
                    try session.execute("UPDATE accounts SET balance = 0")
                    _ = try? session.execute("INSERT INTO accounts (name, balance) VALUES ('0', 7)")
                }
            }
            #expect(try await database.balances() == [1, 2])
        },
    ]
}

/// Rows of which each names the next, in a circle. A rotation turns a → b → c → d into a → c → b → d: it reads three rows
/// and changes three, and two that overlap unseen leave a row that nobody names.
struct LinkedRows: Sendable {
    struct Undone: Error {}

    private let database: any Database
    let count: Int

    init(_ database: any Database, count: Int) {
        (self.database, self.count) = (database, count)
    }

    func make() async throws {
        try await database.write { [count] session in
            try session.execute(
                "CREATE TABLE ring (id BIGINT PRIMARY KEY, next BIGINT NOT NULL, turns BIGINT NOT NULL)")
            for id in 0..<count {
                try session.execute("INSERT INTO ring (id, next, turns) VALUES (\(id), \((id + 1) % count), 0)")
            }
        }
    }

    func rotate(at first: Int) async throws {
        try await database.write { session in
            func next(_ id: Int) throws -> Int {
                try #require(try session.row("SELECT next FROM ring WHERE id = \(id)")?.get("next"))
            }
            let second = try next(first)
            let third = try next(second)
            let fourth = try next(third)
            for (id, next) in [(first, third), (third, second), (second, fourth)] {
                try session.execute("UPDATE ring SET next = \(next) WHERE id = \(id)")
            }
            try session.execute("UPDATE ring SET turns = turns + 1 WHERE id = \(first)")
        }
    }

    func isWhole() async throws -> Bool {
        let rows = try await database.read { session in
            try session.rows("SELECT id, next FROM ring").map { row in
                (try row.get("id", as: Int.self), try row.get("next", as: Int.self))
            }
        }
        let next = Dictionary(rows) { first, _ in first }
        var (seen, place) = (Set<Int>(), 0)
        while seen.insert(place).inserted, let following = next[place] { place = following }
        return seen.count == count && place == 0
    }

    func rotations() async throws -> Int {
        try await database.read { try $0.row("SELECT SUM(turns) AS turns FROM ring")?.get("turns") ?? 0 }
    }
}
