import GRDB
import Storage
import Synchronization

/// Rows in one SQLite file (WAL: readers never wait for the writer), or in memory.
///
/// Every commit is on the disk when the call returns (`synchronous=FULL`). Several processes may open the same file.
public final class SQLiteDatabase: Storage.Database {
    private let engine: any GRDB.DatabaseWriter

    /// - Parameter path: the file, created if missing, in a folder that exists.
    public init(path: String) throws(Storage.DatabaseError) {
        engine = try translated {
            let pool = try DatabasePool(path: path, configuration: Self.configuration)
            // Not part of the configuration: opening the pool sets it to NORMAL, which can lose the last commits.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return pool
        }
    }

    public var hasOneWriter: Bool { true }

    private init(engine: any GRDB.DatabaseWriter) {
        self.engine = engine
    }

    /// A database that vanishes with its last reference.
    public static func inMemory() throws(Storage.DatabaseError) -> SQLiteDatabase {
        SQLiteDatabase(engine: try memory())
    }

    static func memory() throws(Storage.DatabaseError) -> DatabaseQueue {
        var configuration = configuration
        // What a statement keeps on its way goes to memory, too: for a list after `IN`, or the rows of `RETURNING`, SQLite
        // otherwise makes ready for a file, which takes longer than the statement.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA temp_store = MEMORY") }
        return try translated { try DatabaseQueue(configuration: configuration) }
    }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadSession) throws -> Value
    ) async throws
        -> Value
    {
        try await retrying {
            try await self.engine.read { try SQLiteSession($0).result(of: body) }
        }
    }

    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws
        -> Value
    {
        let (value, actions) = try await retrying {
            try await self.engine.write { try SQLiteSession.transact(body, in: $0) }
        }
        for action in actions { action() }
        return value
    }

    /// Writes the log that lies beside the file into it, if this is the last that has it open: then a copy of the file is whole.
    public func close() async {
        // The readers first: whoever is last writes the log into the file, and they may not write.
        (engine as? DatabasePool)?.invalidateReadOnlyConnections()
        // Whoever is still asking keeps it open, and the log where it is: the next start goes on from there.
        try? engine.close()
    }

    /// SQLite waits for the lock itself (`busyMode`); what is left are rare conflicts that a new transaction solves.
    private func retrying<Value>(_ work: () async throws -> Value) async throws -> Value {
        for attempt in 1... {
            do {
                return try await work()
            } catch let error as GRDB.DatabaseError {
                let error = Storage.DatabaseError(error)
                guard error == .busy, attempt < 5 else { throw error }
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...50) * attempt))
            } catch Storage.DatabaseError.busy where attempt < 5 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...50) * attempt))
            }
        }
        throw Storage.DatabaseError.busy
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "waxwing"
        configuration.busyMode = .timeout(10)
        configuration.foreignKeysEnabled = true
        return configuration
    }
}

private func translated<Value>(_ work: () throws -> Value) throws(Storage.DatabaseError) -> Value {
    do {
        return try work()
    } catch let error as GRDB.DatabaseError {
        throw Storage.DatabaseError(error)
    } catch {
        throw .unavailable(String(describing: error))
    }
}

extension Storage.DatabaseError {
    init(_ error: GRDB.DatabaseError) {
        // The message names the rule, never the values.
        let message = error.message ?? "code \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        case .SQLITE_CONSTRAINT: self = .constraint(message)
        case .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_NOMEM:
            self = .unavailable(message)
        default: self = .unexpected(message)
        }
    }
}
