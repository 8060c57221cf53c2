import Storage
import Synchronization

/// A database that can be away, and does not answer then.
final class AbsentDatabase: Database {
    private let base: any Database
    /// How many calls it will not answer.
    private let missed: Mutex<Int>

    init(_ base: any Database, isAway: Bool = true) {
        self.base = base
        missed = Mutex(isAway ? .max : 0)
    }

    var isAway: Bool {
        get { missed.withLock { $0 > 0 } }
        set { missed.withLock { $0 = newValue ? .max : 0 } }
    }

    /// Does not answer the next call.
    func missOne() { missed.withLock { $0 = 1 } }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try check()
        return try await base.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try check()
        return try await base.write(body)
    }

    private func check() throws {
        let isMissed = missed.withLock { left in
            guard left > 0 else { return false }
            left -= left == .max ? 0 : 1
            return true
        }
        if isMissed { throw Self.error }
    }

    static let error = DatabaseError.unavailable("it is away")
}
