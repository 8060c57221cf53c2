import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct BackupRecordTests {
    private let start = Timestamp(milliseconds: 1_795_284_000_000)
    private let week = Duration.seconds(7 * 86_400)

    @Test func `a service is overdue a week after its last backup, or after it began without any`() async throws {
        let database = try await FreshDatabase.make()
        try await database.migrate(UseCases.migrations, at: start)
        let record = BackupRecord(database)
        // Before the first start nothing can be lost.
        #expect(try await record.standing(at: start + week + week) == .never(since: .zero))
        try await Installation(database, MemoryObjectStore()).join(at: start)
        for (age, isOverdue) in [(week, false), (week + .milliseconds(1), true)] {
            let young = try await record.standing(at: start + age)
            #expect(young == .never(since: age) && young.isOverdue == isOverdue)
        }
        let moment = start + week + week
        try await record.note(at: moment)
        for (age, isOverdue) in [(week, false), (week + .milliseconds(1), true)] {
            let kept = try await record.standing(at: moment + age)
            #expect(kept == .kept(age) && kept.isOverdue == isOverdue)
        }
        try await record.note(at: moment + week)
        #expect(try await record.standing(at: moment + week) == .kept(.zero))
        // A clock that was set back makes nothing old.
        #expect(try await record.standing(at: start) == .kept(.zero))
    }
}
