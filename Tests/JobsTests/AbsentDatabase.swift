import Storage
import Synchronization

/// A database that can be away, and does not answer then.
final class AbsentDatabase: Database {
    private let base: any Database
    private let away: Mutex<Bool>

    init(_ base: any Database, isAway: Bool = true) {
        self.base = base
        away = Mutex(isAway)
    }

    var isAway: Bool {
        get { away.withLock { $0 } }
        set { away.withLock { $0 = newValue } }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try check()
        return try await base.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try check()
        return try await base.write(body)
    }

    private func check() throws {
        if isAway { throw Self.error }
    }

    static let error = DatabaseError.unavailable("it is away")
}
