import Storage
import Synchronization
import Testing

/// One thing every ``Database`` promises, and how it is checked.
public struct DatabasePromise: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    /// Takes a database without tables.
    public let check: @Sendable (any Database) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (any Database) async throws -> Void) {
        (testDescription, self.check) = (promise, check)
    }

    public static let all = transactions + isolation + values + migrations
}

private struct ChangedMind: Error {}

private final class Notes: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) {
        texts.withLock { $0.append(text) }
    }
}

extension Database {
    func makeAccounts(_ balances: [Int]) async throws {
        try await write { session in
            try session.execute("CREATE TABLE accounts (name TEXT PRIMARY KEY, balance BIGINT NOT NULL)")
            for (number, balance) in balances.enumerated() {
                try session.execute("INSERT INTO accounts (name, balance) VALUES (\("\(number)"), \(balance))")
            }
        }
    }

    func balances() async throws -> [Int] {
        try await read { try $0.balances() }
    }
}

extension ReadSession {
    func balances() throws -> [Int] {
        try rows("SELECT balance FROM accounts ORDER BY name").map { try $0.get("balance") }
    }
}

extension DatabasePromise {
    static let transactions = [
        DatabasePromise("a transaction is kept whole, and gives what its body gives") { database in
            try await database.makeAccounts([1, 2])
            let changed = try await database.write { session in
                let first = try session.execute("UPDATE accounts SET balance = balance + 10")
                return first + (try session.execute("DELETE FROM accounts WHERE name = \("1")"))
            }
            #expect(changed == 3)
            #expect(try await database.balances() == [11])
        },
        DatabasePromise("a transaction that throws leaves nothing, and its own error is told") { database in
            try await database.makeAccounts([1])
            await #expect(throws: ChangedMind.self) {
                try await database.write { session in
                    try session.execute("UPDATE accounts SET balance = 100")
                    try session.execute("CREATE TABLE extras (name TEXT)")
                    #expect(try session.balances() == [100], "its own changes are seen inside")
                    throw ChangedMind()
                }
            }
            #expect(try await database.balances() == [1])
            _ = try await database.write { try $0.execute("CREATE TABLE extras (name TEXT)") }
        },
        DatabasePromise("a read is one snapshot, however many statements it has") { database in
            try await database.makeAccounts([50, 50])
            try await withThrowingTaskGroup { group in
                for amount in 1...20 {
                    group.addTask {
                        try await database.write { session in
                            try session.execute("UPDATE accounts SET balance = balance - \(amount) WHERE name = '0'")
                            try session.execute("UPDATE accounts SET balance = balance + \(amount) WHERE name = '1'")
                        }
                    }
                    group.addTask {
                        let sum = try await database.read { session in
                            let first = try session.row("SELECT balance FROM accounts WHERE name = '0'")
                            let second = try session.row("SELECT balance FROM accounts WHERE name = '1'")
                            return try (first?.get("balance") ?? 0) + (second?.get("balance") ?? 0)
                        }
                        #expect(sum == 100)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.balances() == [-160, 260])
        },
        DatabasePromise("writers beside each other lose no change") { database in
            try await database.makeAccounts([0])
            try await withThrowingTaskGroup { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await database.write { session in
                            let balance = try session.balances()[0]
                            try session.execute("UPDATE accounts SET balance = \(balance + 1)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.balances() == [50])
        },
        DatabasePromise("writers that look at the same rows and change different ones act one after another") {
            database in
            // Either account may be overdrawn as long as both together hold enough.
            for round in 0..<20 {
                if round == 0 { try await database.makeAccounts([60, 60]) }
                _ = try await database.write { try $0.execute("UPDATE accounts SET balance = 60") }
                try await withThrowingTaskGroup { group in
                    for name in ["0", "1", "0", "1"] {
                        group.addTask {
                            try await database.write { session in
                                guard try session.balances().reduce(0, +) >= 100 else { return }
                                try session.execute(
                                    "UPDATE accounts SET balance = balance - 100 WHERE name = \(name)")
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await database.balances().reduce(0, +) == 20)
            }
        },
        DatabasePromise("a transaction with a refused statement is not kept, even if its body goes on") { database in
            try await database.makeAccounts([1])
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { session in
                    try session.execute("UPDATE accounts SET balance = 2")
                    _ = try? session.execute("INSERT INTO accounts (name, balance) VALUES ('0', 9)")
                    _ = try? session.execute("UPDATE accounts SET balance = 3")
                }
            }
            guard case .constraint = error else { return #expect(error == nil) }
            #expect(try await database.balances() == [1])
        },
        DatabasePromise("what follows a commit runs once, in order, and never without the commit") { database in
            try await database.makeAccounts([0])
            let notes = Notes()
            try await database.write { session in
                session.afterCommit { notes.add("first") }
                try session.execute("UPDATE accounts SET balance = 1")
                session.afterCommit { notes.add("second") }
                #expect(notes.all.isEmpty)
            }
            _ = try? await database.write { session in
                session.afterCommit { notes.add("never") }
                throw ChangedMind()
            }
            #expect(notes.all == ["first", "second"])
        },
        DatabasePromise("a broken rule is told as such, and undoes the transaction") { database in
            try await database.write { session in
                try session.execute(
                    """
                    CREATE TABLE takes (name TEXT PRIMARY KEY, length BIGINT NOT NULL CHECK (length > 0),
                        parent TEXT REFERENCES takes (name))
                    """)
                try session.execute("INSERT INTO takes (name, length) VALUES ('a', 1)")
            }
            let refused: [SQL] = [
                "INSERT INTO takes (name, length) VALUES ('a', 2)", "INSERT INTO takes (name, length) VALUES ('b', 0)",
                "INSERT INTO takes (name, length) VALUES ('b', \(Int?.none))",
                "INSERT INTO takes (name, length, parent) VALUES ('b', 1, 'nobody')",
            ]
            for statement in refused {
                let error = await #expect(throws: DatabaseError.self) {
                    try await database.write { session in
                        try session.execute("INSERT INTO takes (name, length) VALUES ('kept?', 1)")
                        try session.execute(statement)
                    }
                }
                guard case .constraint = error else {
                    Issue.record("\(String(describing: error)) for \(statement.rendered(for: .sqlite).text)")
                    continue
                }
            }
            let names = try await database.read {
                try $0.rows("SELECT name FROM takes").map { try $0.get("name", as: String.self) }
            }
            #expect(names == ["a"])
        },
        DatabasePromise("a statement that makes no sense is unexpected, not unavailable") { database in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.read { try $0.rows("SELECT nothing FROM nowhere") }
            }
            guard case .unexpected = error else { return #expect(error == nil) }
        },
    ]
}
