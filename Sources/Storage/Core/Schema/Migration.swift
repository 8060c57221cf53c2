/// One step of a module's schema. Steps only add, and are never edited once released.
public struct Migration: Sendable {
    public let number: Int
    public let name: String
    public let statements: [SQL]

    public init(_ number: Int, _ name: String, _ statements: [SQL]) {
        (self.number, self.name, self.statements) = (number, name, statements)
    }
}

/// All steps of one module, numbered 1, 2, 3, …
public struct MigrationSet: Sendable {
    public let module: String
    public let migrations: [Migration]

    public init(module: String, _ migrations: [Migration]) {
        precondition(
            migrations.map(\.number) == Array(1..<(migrations.count + 1)), "migrations are numbered 1, 2, 3, …")
        (self.module, self.migrations) = (module, migrations)
    }
}
