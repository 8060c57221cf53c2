import Storage
import Synchronization

/// A database whose user dies at some point: before a call, in a transaction after all of its statements, or after a commit
/// whose outcome it never learns. From then on nothing goes through.
final class FuseDatabase: Database {
    struct Blown: Error {}

    private let base: any Database
    private let left: Mutex<Int>

    /// - Parameter points: how many of these points are passed alive.
    init(_ base: any Database, points: Int) {
        self.base = base
        left = Mutex(points)
    }

    var isBlown: Bool { left.withLock { $0 < 0 } }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try burn()
        return try await base.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await write(.serializable, body)
    }

    func write<Value: Sendable>(
        _ isolation: WriteIsolation, _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try burn()
        let value = try await base.write(isolation) { session in
            let value = try body(session)
            try self.burn()
            return value
        }
        try burn()
        return value
    }

    private func burn() throws {
        let isBlown = left.withLock { left in
            left -= 1
            return left < 0
        }
        if isBlown { throw Blown() }
    }
}
