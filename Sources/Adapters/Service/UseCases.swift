import Auth
import Billing
import Jobs
import Logging
import SampleLibrary
import Storage

/// Where a service keeps its things; chosen by whoever starts it.
public struct Backends: Sendable {
    public var database: any Database
    public var objects: any ObjectStore
    public var clock: any WallClock
    /// How other processes on the same rows learn that something changed.
    public var signals: any ChangeSignals
    /// Where links to the objects of a store without an address of its own are served, as ``LinkBase`` takes it; nil for none.
    public var linkBase: String?

    public init(
        database: any Database, objects: any ObjectStore, clock: any WallClock = SystemClock(),
        signals: any ChangeSignals = LocalSignals(), linkBase: String? = nil
    ) {
        (self.database, self.objects, self.clock) = (database, objects, clock)
        (self.signals, self.linkBase) = (signals, linkBase)
    }

    /// The store that this service serves by link, if it is one.
    func linkedObjects(_ keys: Keys) throws -> LinkedObjectStore? {
        guard let linkBase, !(objects is any PresignedPartIssuer), let store = objects as? any MultipartUploading else {
            return objects as? LinkedObjectStore
        }
        let links = try SignedLinks(base: linkBase) { keys.secrets(for: .link).map(\.secret.bytes) }
        return LinkedObjectStore(store, links: links, clock: clock)
    }
}

/// The use cases, put together from the modules. The one place where they meet.
public struct UseCases: Sendable {
    public let accounts: Accounts
    public let signIn: SignIn
    public let programKeys: ProgramKeys
    public let administration: Administration
    /// For commands of whoever runs the program.
    public let accountOperation: AccountOperation
    public let uploads: Uploads
    /// Nil when the store gives no links.
    public let linkedUploads: LinkedUploads?
    /// What this service serves by link itself.
    public let linkedObjects: LinkedObjectStore?
    public let library: Library
    public let jobs: JobBoard
    public let processing: Processing
    public let upkeep: Upkeep
    public let health: Health
    /// Counts requests, for whoever serves them.
    public let rateLimiter: RateLimiter
    private let backends: Backends
    private let queue: JobQueue
    private let handlers: [any JobHandler]
    private let plans: PlanBook

    /// The schema of every module.
    public static let migrations = [
        AuthSchema.migrations, BillingSchema.migrations, JobSchema.migrations, ScheduleSchema.migrations,
        WorkflowSchema.migrations, OutboxSchema.migrations, LibrarySchema.migrations, EventLog.migrations,
        SQLKeyValueStore.migrations, UploadSessions.migrations, Installation.migrations,
    ]

    /// - Parameters:
    ///   - quietHours: in which the jobs start of plans whose delay leaves room for that.
    ///   - keys: of the moment; whoever starts the service keeps them up to date.
    public init(
        _ backends: Backends, plans: PlanBook, quietHours: QuietHours = .standard, keys: Keys,
        signIn options: SignInOptions = SignInOptions(), analyzer: any SampleAnalyzer, work: WorkFolder, logger: Logger
    ) throws {
        let (database, objects, clock) = (backends.database, backends.objects, backends.clock)
        let queue = JobQueue(database, signals: backends.signals, clock: clock)
        let ledger = QuotaLedger(clock: clock)
        let usage = UsageLog(clock: clock)
        let catalog = SampleCatalog()
        // What is nobody's is mail about accounts, with links that open them.
        let outbox = Outbox(queue, ended: Outbox.blankOwnerless)
        let keyValues = SQLKeyValueStore(database, clock: clock)
        rateLimiter = RateLimiter(keyValues, clock: clock)
        let parts = try SignInParts(
            options, database, keys: keys, limiter: rateLimiter, queue: queue, outbox: outbox, plans: plans,
            ledger: ledger, clock: clock, logger: logger)
        (accounts, signIn, programKeys) = (parts.accounts, parts.signIn, parts.keys)
        (administration, accountOperation) = (parts.administration, parts.operation)
        uploads = Uploads(
            database: database, objects: objects, queue: queue, ledger: ledger, accounts: accounts, analyzer: analyzer,
            quietHours: quietHours, clock: clock)
        linkedObjects = try backends.linkedObjects(keys)
        let linkStore = linkedObjects ?? objects as? any PresignedPartIssuer
        let uploadSessions = linkStore.map { store in
            UploadSessions(
                database: database, store: store,
                policy: LinkedUploadPolicy(
                    queue: queue, ledger: ledger, analyzer: analyzer, quietHours: quietHours, clock: clock),
                clock: clock)
        }
        let accounts = accounts
        linkedUploads = uploadSessions.map {
            LinkedUploads(database: database, sessions: $0, queue: queue, ledger: ledger, accounts: accounts)
        }
        library = Library(
            database: database, objects: objects, links: linkStore, queue: queue, catalog: catalog, ledger: ledger,
            clock: clock)
        processing = Processing(
            database: database, accounts: accounts, ledger: ledger, usage: usage, plans: plans, analyzer: analyzer,
            work: work)
        upkeep = Upkeep(
            database: database, objects: objects, queue: queue, ledger: ledger, signIn: parts.upkeep,
            uploadSessions: uploadSessions, lifecycle: Lifecycle(objects, clock: clock),
            orphans: Self.orphanSweep(objects, database, clock), library: library, keyValues: keyValues,
            clock: clock, logger: logger)
        health = Health(database: database, objects: objects, queue: queue)
        let served: [any JobHandler] = [
            AnalyzeUpload(
                objects: objects, queue: queue, catalog: catalog, ledger: ledger, usage: usage, plans: plans,
                assignments: accounts.assignments, analyzer: analyzer, work: work),
            DeleteObject(objects: objects), UpkeepJob(upkeep: upkeep), OutboxUpkeep(outbox),
            WorkflowUpkeep(Workflows(queue)),
        ]
        let erasure = EraseAccount(
            database: database, queue: queue, handlers: JobHandlers(served), outbox: outbox, library: library,
            uploads: uploadSessions, assignments: accounts.assignments, ledger: ledger)
        handlers =
            served + [erasure]
            + outbox.handlers(
                MessageSenders(webhookSecrets: InstallationWebhooks(keys), mail: options.mail?.sender))
        jobs = JobBoard(database: database, queue: queue, handlers: JobHandlers(handlers))
        (self.backends, self.queue, self.plans) = (backends, queue, plans)
    }

    /// One that serves every lane of the plans, and one that looks after the service, and so waits for no analysis.
    ///
    /// - Parameters:
    ///   - name: unique among the workers of the service.
    ///   - concurrency: jobs of the plans at once; 0 for none.
    public func workers(name: String, concurrency: Int, logger: Logger) -> [Worker] {
        let lanes = Set(Self.lanes(of: plans)).subtracting(Self.ownQueues)
        let served = [(name, lanes.sorted(), concurrency), ("\(name) upkeep", Self.ownQueues, 2)]
        return served.filter { $0.2 > 0 }.map { name, queues, concurrency in
            Worker(
                name: name, queue: queue, handlers: handlers,
                configuration: .init(queues: queues, concurrency: concurrency), logger: logger)
        }
    }

    public var requestLimits: RequestLimits { plans.requestLimits }

    /// The queues that a service with these plans serves.
    public static func queues(of plans: PlanBook) -> [String] { Set(lanes(of: plans) + ownQueues).sorted() }

    private static func lanes(of plans: PlanBook) -> [String] { plans.plans.values.map(\.lane) + ["default"] }

    private static let ownQueues = [UpkeepJob.queue, Outbox.usualLane]

    /// Enqueues what is to be done now and then.
    ///
    /// - Parameter name: unique among the schedulers of the service.
    public func scheduler(name: String, logger: Logger) throws -> Scheduler {
        let own = try UpkeepPart.allCases.map { try $0.schedule }
        let others = try WorkflowUpkeep.schedules(queue: UpkeepJob.queue) + [OutboxUpkeep(Outbox(queue)).schedule]
        return Scheduler(
            name: name, schedules: Schedules(queue), registering: own + others, by: "waxwing", logger: logger)
    }
}
