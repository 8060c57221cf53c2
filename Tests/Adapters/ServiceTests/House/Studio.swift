import Auth
import Billing
import Foundation
import FreshDatabases
import Logging
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import Jobs
@testable import WaxwingService

/// All use cases over stores that vanish with the test.
struct Studio {
    static let password = "correct horse battery staple"

    let clock = ManualClock()
    let folder: TemporaryFolder
    let database: any Database
    let objects: any ObjectStore
    let analyzer: FakeAnalyzer
    let useCases: UseCases
    let account = AccountID.random()
    /// The account, signed in.
    var caller: Principal { .signedIn(account) }

    init(
        _ plan: Plan = Plan(), on store: Store = .memory, analyzer: FakeAnalyzer = FakeAnalyzer(),
        signIn: SignInOptions = SignInOptions(), book: PlanBook? = nil, payments: PaymentOptions? = nil,
        ai: AIOptions? = nil, files: (any FileFetcher)? = nil, pace: EventPace = EventPace(),
        objects own: (any ObjectStore)? = nil
    ) async throws {
        folder = try TemporaryFolder()
        database = try await FreshDatabase.make()
        try await database.migrate(UseCases.migrations, at: clock.now())
        objects =
            switch (own, store) {
            case (let own?, _): own
            case (nil, .memory): MemoryObjectStore(clock: clock)
            case (nil, .local): try LocalObjectStore(folder: folder.path + "/objects", clock: clock)
            }
        self.analyzer = analyzer
        useCases = try UseCases(
            Backends(
                database: database, objects: objects, clock: clock, linkBase: "http://127.0.0.1/objects"),
            plans: book ?? PlanBook(defaultPlan: "basic", plans: ["basic": plan], analysisSecondMicroUSD: 15),
            keys: .random(clock: clock), signIn: signIn, payments: payments, ai: ai, files: files, analyzer: analyzer,
            work: WorkFolder(in: folder.path + "/work"), pace: pace,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    enum Store: CaseIterable, Sendable {
        case memory, local
    }

    @discardableResult
    func upload(
        _ bytes: [UInt8] = MadeAudio.wav(), named filename: String? = "tone.wav", size: Int? = nil,
        for other: AccountID? = nil
    ) async throws -> AcceptedUpload {
        try await upload(.chunks(bytes, of: 5_000), named: filename, size: size, for: other)
    }

    @discardableResult
    func upload(
        _ body: ByteStream, named filename: String? = "tone.wav", size: Int? = nil, for other: AccountID? = nil
    ) async throws -> AcceptedUpload {
        try await useCases.uploads.receive(body, named: filename, expectedSize: size, for: .signedIn(other ?? account))
    }

    /// Does what a worker would do now, in this task.
    /// - Returns: how many attempts were made.
    @discardableResult
    func work() async throws -> Int {
        let workers = useCases.workers(
            name: "test", concurrency: 1, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var attempts = 0
        for worker in workers {
            let queues = worker.configuration.queues.map(\.queue)
            while let job = try await worker.queue.claim(from: queues, by: worker.name) {
                _ = await JobRun(job: job, worker: worker).run()
                attempts += 1
            }
        }
        return attempts
    }

    /// Takes a job as a worker does, to be done by hand.
    func claim() async throws -> (job: Job, handler: any JobHandler) {
        let workers = useCases.workers(
            name: "hand", concurrency: 1, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let worker = try #require(workers.first)
        let queues = worker.configuration.queues.map(\.queue)
        let job = try #require(try await worker.queue.claim(from: queues, by: worker.name))
        return (job, try #require(worker.handlers[job.kind]))
    }

    /// As when all workers have died, and that was noticed.
    func loseWorkers() async throws {
        let queue = JobQueue(database, clock: clock)
        let leases = try await database.read { try queue.leases(in: $0) }
        for lease in leases { _ = try await database.write { try queue.reclaim(lease, in: $0) } }
        clock.advance(by: .seconds(60))
    }

    /// One whose attempts have all failed.
    func deadUpload() async throws -> AcceptedUpload {
        let upload = try await upload()
        try await work()
        while try await report(upload).status != .failed {
            clock.advance(by: .seconds(60))
            try await work()
        }
        return upload
    }

    /// Makes an account with ``password``.
    @discardableResult
    func register(_ email: String = "ada@example.com") async throws -> User {
        let made = try await useCases.accounts.register(
            email: email, password: Self.password, name: "Ada", from: .test)
        guard case .ready(let user) = made else { throw AuthError.registrationClosed }
        return user
    }

    /// Signs in with ``password``.
    func signIn(_ email: String = "ada@example.com") async throws -> Principal {
        let pair = try await useCases.signIn.signIn(email: email, password: Self.password, from: .test)
        return try await useCases.signIn.authenticate(Credentials(bearerToken: pair.access))
    }

    func pendingKey(of upload: AcceptedUpload) -> String { "uploads-pending/\(account)/\(upload.job)" }

    func report(_ upload: AcceptedUpload, of caller: Principal? = nil) async throws -> JobReport {
        try await useCases.jobs.job(upload.job, of: caller ?? self.caller)
    }

    /// Uploads, works, and gives the sample that came of it.
    func sample(_ bytes: [UInt8] = MadeAudio.wav()) async throws -> AnalyzedSample {
        let upload = try await upload(bytes)
        try await work()
        return try await useCases.library.sample(try #require(try await report(upload).sample), of: caller)
    }

    /// What an account has in the service's books and folders.
    func traces() async throws -> Traces {
        let ledger = QuotaLedger(clock: clock)
        let account = account
        return Traces(
            objects: try await objects.list(prefix: "", after: nil, limit: 1_000).objects.map(\.key.text),
            jobs: try await count("SELECT COUNT(*) AS n FROM jobs WHERE state NOT IN ('succeeded', 'dead')"),
            samples: try await count("SELECT COUNT(*) AS n FROM samples"),
            holds: try await count("SELECT COUNT(*) AS n FROM quota_holds"),
            balances: try await database.read { session in
                Dictionary(
                    uniqueKeysWithValues: try ledger.balances(of: account, under: Entitlement(Plan()), in: session)
                        .filter { $0.used != 0 || $0.held != 0 }.map { ($0.unit, [$0.used, $0.held]) })
            },
            workFiles: try workFiles())
    }

    func count(_ sql: SQL) async throws -> Int {
        try await database.read { try $0.row(sql)?.get("n") ?? 0 }
    }

    private func workFiles() throws -> Int {
        let work = folder.path + "/work"
        return try FileManager.default.subpathsOfDirectory(atPath: work).count { path in
            path.contains("/") && !path.hasSuffix("/lock")
        }
    }
}

extension RequestOrigin {
    static let test = RequestOrigin(address: "192.0.2.1")
}

extension Principal {
    /// A program of theirs, with a key.
    static func program(of user: AccountID) -> Principal {
        Principal(
            user: user, role: .user, session: nil, method: .apiKey, authenticatedAt: Timestamp(milliseconds: 0))
    }

    /// With everything that they may.
    static func signedIn(_ user: AccountID, as role: Role = .user, scopes: Scopes = .all) -> Principal {
        Principal(
            user: user, role: role, session: .random(), method: .bearer, authenticatedAt: Timestamp(milliseconds: 0),
            scopes: scopes)
    }
}

/// What is left of what was done; compared as a whole.
struct Traces: Equatable {
    var objects: [String] = []
    /// Not ended yet.
    var jobs = 0
    var samples = 0
    var holds = 0
    /// Used and held, where not zero.
    var balances: [QuotaUnit: [Int]] = [:]
    var workFiles = 0

    static let none = Traces()
}

/// Which case of ``ServiceError`` `work` throws, by name; the text of any other error; nil when it throws none.
func refusal<Value>(_ work: () async throws -> Value) async -> String? {
    do {
        _ = try await work()
        return nil
    } catch let error as ServiceError {
        return Mirror(reflecting: error).children.first?.label
    } catch {
        return String(describing: error)
    }
}
