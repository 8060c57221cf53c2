import FreshDatabases
import Jobs
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// When requests are to be sent elsewhere.
@Suite struct ReadinessTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func readiness(_ database: any Database, in path: String? = nil) -> Readiness {
        let health = Health(database: database, objects: MemoryObjectStore(), queue: JobQueue(database))
        return Readiness(health: health, folder: path ?? folder.path)
    }

    /// But how full the disk of the tests is.
    private func reasons(_ readiness: Readiness) async -> [Readiness.Reason] {
        await readiness.reasons().filter { $0 != .diskNearlyFull }
    }

    @Test func `a schema that is older than the program is a reason, until it is brought up to date`() async throws {
        let database = try await FreshDatabase.make()
        let readiness = readiness(database)
        #expect(await reasons(readiness) == [.migrationsPending])
        try await database.migrate(UseCases.migrations, at: SystemClock().now())
        #expect(await reasons(readiness) == [])
    }

    @Test func `one that is being stopped says so, and all copies know`() async throws {
        let database = try await FreshDatabase.make()
        try await database.migrate(UseCases.migrations, at: SystemClock().now())
        let readiness = readiness(database)
        let copy = readiness
        readiness.drain()
        #expect(await reasons(copy) == [.draining] && copy.isDraining)
    }

    private struct AwayDatabase: Database {
        func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value
        {
            throw DatabaseError.unavailable("the canary route")
        }

        func write<Value: Sendable>(
            _ body: @escaping @Sendable (any WriteSession) throws -> Value
        ) async throws -> Value {
            throw DatabaseError.unavailable("the canary route")
        }
    }

    @Test func `a database that is away is one reason, and nothing is said of its schema`() async {
        #expect(await reasons(readiness(AwayDatabase())) == [.databaseAway])
    }

    @Test func `the room on a disk is known, and of no folder nothing`() throws {
        let space = try #require(DiskSpace(of: folder.path))
        #expect(space.free > 0 && space.free <= space.total)
        #expect(DiskSpace(of: "\(folder.path)/nothing") == nil)
    }
}
