import FreshDatabases
import Jobs
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct InstallationTests {
    private let clock = ManualClock()
    private let objects = MemoryObjectStore()

    private func rows() async throws -> any Database {
        let database = try await FreshDatabase.make()
        try await database.migrate(UseCases.migrations, at: clock.now())
        return database
    }

    private func join(_ database: any Database, _ objects: any ObjectStore) async throws {
        try await Installation(database, objects).join(at: clock.now())
    }

    private func mark(_ objects: any ObjectStore) async throws -> [UInt8] {
        try await objects.get(ObjectKey("installation")).stream.collected()
    }

    @Test func `programs that start together for the first time give one name, and keep it`() async throws {
        let database = try await rows()
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 { group.addTask { try await join(database, objects) } }
            try await group.waitForAll()
        }
        let name = try await mark(objects)
        #expect(InstallationID(String(decoding: name, as: UTF8.self)) != nil)
        try await join(database, objects)
        try await Installation(database, objects).check()
        #expect(try await mark(objects) == name)
    }

    @Test func `a store without the objects of the rows is refused, and left as it was`() async throws {
        let database = try await rows()
        try await join(database, objects)
        let empty = MemoryObjectStore()
        await #expect(throws: InstallationError.noObjects) { try await join(database, empty) }
        await #expect(throws: InstallationError.noObjects) { try await Installation(database, empty).check() }
        #expect(try await empty.listKeys(prefix: "", after: nil, limit: 10).isEmpty)
        try await join(database, objects)
    }

    @Test func `a bucket of another installation is refused, by new rows and by old ones`() async throws {
        let (ours, theirs) = (try await rows(), try await rows())
        try await join(theirs, objects)
        let name = try await mark(objects)
        for _ in 0..<2 {
            await #expect(throws: InstallationError.otherObjects) { try await join(ours, objects) }
            await #expect(throws: InstallationError.otherObjects) { try await Installation(ours, objects).check() }
        }
        #expect(try await mark(objects) == name)
        // Once the right bucket is named, the start goes on.
        let own = MemoryObjectStore()
        try await join(ours, own)
        await #expect(throws: InstallationError.otherObjects) { try await join(ours, objects) }
    }

    @Test func `a first start that was cut off before the object is one again`() async throws {
        let database = try await rows()
        let failing = AwayStore(isAway: true)
        await #expect(throws: ObjectStoreError.self) { try await join(database, failing) }
        try await join(database, objects)
        await #expect(throws: InstallationError.noObjects) { try await join(database, MemoryObjectStore()) }
    }

    @Test func `rows that no server has used know no objects`() async throws {
        let untouched = try await FreshDatabase.make()
        try await Installation(untouched, objects).check()
        try await join(try await rows(), objects)
        await #expect(throws: InstallationError.otherObjects) { try await Installation(untouched, objects).check() }
    }

    @Test func `a backup goes to an empty place, to its own and over the one there, and not to another's`() async throws
    {
        let (database, kept) = (try await rows(), MemoryObjectStore())
        try await join(database, kept)
        let untouched = try await FreshDatabase.make()
        // A new machine; the bucket of the backup after its database was lost; a service that is replaced.
        try await Installation(untouched, objects).checkBeforeRestore(of: kept)
        try await Installation(untouched, kept).checkBeforeRestore(of: kept)
        let there = try await rows()
        try await join(there, objects)
        try await Installation(there, objects).checkBeforeRestore(of: kept)
        await #expect(throws: InstallationError.otherObjects) {
            try await Installation(untouched, objects).checkBeforeRestore(of: kept)
        }
        await #expect(throws: InstallationError.otherObjects) {
            try await Installation(database, objects).checkBeforeRestore(of: MemoryObjectStore())
        }
        // Replacing them ends in the middle: the one that is there can start again, and so can the restore.
        try await Installation(there, objects).untie()
        try await Installation(there, objects).checkBeforeRestore(of: kept)
        try await join(there, objects)
        try await Installation(there, objects).untie()
        // As the rows of the backup came over those that were there.
        try await Installation(database, objects).noteRestore(clock: clock)
        try await join(database, objects)
    }
}

@Suite struct AdoptionTests {
    private let clock = ManualClock()

    @Test func `rows and objects of two installations become one when somebody says so`() async throws {
        let (ours, theirs) = (MemoryObjectStore(), MemoryObjectStore())
        var databases: [any Database] = []
        for store in [ours, theirs] {
            let database = try await FreshDatabase.make()
            try await database.migrate(UseCases.migrations, at: clock.now())
            try await Installation(database, store).join(at: clock.now())
            databases.append(database)
        }
        for store in [theirs, MemoryObjectStore()] {
            let installation = Installation(databases[0], store)
            await #expect(throws: InstallationError.self) { try await installation.join(at: clock.now()) }
            try await installation.adopt(clock: clock)
            try await installation.check()
            try await installation.join(at: clock.now())
        }
        // The other one notices, and is not started on objects that are not its own.
        await #expect(throws: InstallationError.otherObjects) {
            try await Installation(databases[1], theirs).join(at: clock.now())
        }
    }

    @Test func `a day passes before objects go that loaded rows do not know`() async throws {
        let studio = try await Studio()
        let orphan = ObjectKey(in: "processed", of: studio.account, JobID.random())
        try await studio.objects.put(MadeAudio.wav(), at: orphan)
        let known = try await studio.sample().sample.object
        await studio.useCases.upkeep.once()
        studio.clock.advance(by: .seconds(86_400))
        try await Installation.noteLoad(studio.database, clock: studio.clock)
        await studio.useCases.upkeep.once()
        #expect(try await studio.traces().objects.count == 2)
        studio.clock.advance(by: .seconds(86_400))
        await studio.useCases.upkeep.once()
        #expect(try await studio.traces().objects == [known.text])
    }
}
