import Storage

/// Keeps what is written, and fails to say so.
struct ForgetfulDatabase: Database {
    let database: any Database

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadSession) throws -> Value
    ) async throws -> Value {
        try await database.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        _ = try await database.write(body)
        throw DatabaseError.unavailable("the connection broke")
    }
}
