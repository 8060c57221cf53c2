// A queue in one file, a worker, and a job that tells how far it is: `swift run --package-path Examples/Jobs jobs Ada`.
import Foundation
import Jobs
import Storage
import StorageSQLite

struct Greeting: JobParameters {
    static let kind = "greeting"
    let name: String
}

let folder = FileManager.default.temporaryDirectory.path
let database = try SQLiteDatabase(path: "\(folder)/waxwing-jobs-example.sqlite")
try await database.migrate([JobSchema.migrations], at: SystemClock().now())
let queue = JobQueue(database)

let greeter = TypedHandler(Greeting.self, on: queue) { greeting, job in
    try await job.report(0.5, "thinking of something")
    let text = "Hello, \(greeting.name)!"
    // Written in the transaction that ends the job: once, whatever happens.
    return { session in try job.setResult(text, in: session) }
}
let worker = Task { await Worker(queue, [greeter]).run() }

// The job is there if, and only if, this transaction is kept.
let name = CommandLine.arguments.dropFirst().first ?? "world"
let id = try await database.write { try queue.enqueue(Greeting(name: name), in: $0) }
let ended = try await queue.end(of: id)
print(try ended.decodeResult(as: String.self) ?? ended.error ?? "nothing")

worker.cancel()
await worker.value
