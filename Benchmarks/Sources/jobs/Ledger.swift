import Foundation
import Jobs
import Storage

/// What jobs leave behind. Nothing in the table forbids a second entry: a job that is done twice is to be seen.
enum Ledger {
    static let migrations = MigrationSet(
        module: "ledger",
        [
            Migration(
                1, "ledger",
                ["CREATE TABLE ledger (job_id TEXT NOT NULL, token BIGINT NOT NULL, waited BIGINT NOT NULL)"])
        ])

    static func enter(_ job: Job, waited: Duration, in session: any WriteSession) throws {
        try session.execute(
            """
            INSERT INTO ledger (job_id, token, waited)
            VALUES (\(job.id), \(job.course.token), \(Int(waited / .microseconds(1))))
            """)
    }
}

/// Work that takes its time and then enters the ledger.
struct Chore: JobParameters {
    static let kind = "chore"

    var milliseconds = 0
    /// Does not listen when it is told to stop.
    var isStubborn = false
    /// Microseconds since 1970.
    var sent = Chore.now()

    static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }

    /// - Parameter started: told when the work begins.
    static func handler(
        on queue: JobQueue, started: @escaping @Sendable (Job) -> Void = { _ in }
    ) -> TypedHandler<Chore> {
        TypedHandler(Chore.self, on: queue) { chore, running in
            let waited = Duration.microseconds(now() - chore.sent)
            started(running.job)
            do {
                if chore.milliseconds > 0 { try await Task.sleep(for: .milliseconds(chore.milliseconds)) }
            } catch  where chore.isStubborn {}
            return { try Ledger.enter(running.job, waited: waited, in: $0) }
        }
    }
}
