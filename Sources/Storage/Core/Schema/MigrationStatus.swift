/// How far one module's schema is.
public struct MigrationStatus: Codable, Equatable, Sendable {
    public let module: String
    /// The steps that were taken, with the time.
    public let applied: [MigrationLedger.Entry]
    /// How many steps the program knows; 0 for a module it does not know.
    public let known: Int
    /// The names of the steps that the program would take.
    public let pending: [String]

    /// Whether the database was written by a newer program, which alone can go on with it.
    public var isNewer: Bool { (applied.last?.number ?? 0) > known }
}

extension Database {
    /// How far each module is: those of `sets` in their order, then those that only the database knows.
    ///
    /// Changes nothing; a database that was never migrated has taken no steps.
    public func migrationStatus(_ sets: [MigrationSet]) async throws -> [MigrationStatus] {
        let applied = Dictionary(grouping: try await read { try $0.ledger() }, by: \.module)
        let own = sets.map { set in
            let entries = applied[set.module] ?? []
            let latest = entries.last?.number ?? 0
            return MigrationStatus(
                module: set.module, applied: entries, known: set.migrations.count,
                pending: set.migrations.filter { $0.number > latest }.map(\.name))
        }
        let foreign = applied.filter { module, _ in !sets.contains { $0.module == module } }
        return own
            + foreign.sorted { $0.key < $1.key }.map { module, entries in
                MigrationStatus(module: module, applied: entries, known: 0, pending: [])
            }
    }
}
