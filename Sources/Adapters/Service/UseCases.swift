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

    /// These, timed. A store that gives links is left as it is, for whoever serves them: it times what it stands on.
    fileprivate func measured(by metrics: MetricRegistry) -> Backends {
        var backends = self
        backends.database = MeasuredDatabase(database: database, metrics: metrics)
        if !(objects is LinkedObjectStore) { backends.objects = objects.measured(by: metrics) }
        return backends
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
    public let collections: Collections
    public let kits: Kits
    public let exports: Exports
    public let files: Files
    public let songs: Songs
    /// For whoever serves ``linkedObjects``.
    public let egress: Egress
    public let sampleWork: SampleWork
    public let pictures: SamplePictures
    public let jobs: JobBoard
    public let events: Events
    public let sync: Sync
    public let rooms: Rooms
    public let processing: Processing
    public let subscriptions: Subscriptions
    public let usage: UsageReports
    /// For commands of whoever runs the program.
    public let billingOperation: BillingOperation
    public let upkeep: Upkeep
    public let health: Health
    /// Whether requests are to come here, for whoever spreads them.
    public let readiness: Readiness
    /// Everything the service counts, for whoever collects it.
    public let metrics: MetricRegistry
    /// Counts requests, for whoever serves them.
    public let rateLimiter: RateLimiter
    /// Answers repeats of requests, for whoever serves them.
    public let idempotency: IdempotencyKeys
    private let backends: Backends
    private let queue: JobQueue
    private let handlers: [any JobHandler]
    private let plans: PlanBook

    /// The schema of every module.
    public static let migrations = [
        AuthSchema.migrations, BillingSchema.migrations, JobSchema.migrations, ScheduleSchema.migrations,
        WorkflowSchema.migrations, OutboxSchema.migrations, LibrarySchema.migrations, EventLog.migrations,
        SQLKeyValueStore.migrations, UploadSessions.migrations, Installation.migrations,
        IdempotencyKeys.migrations, ExportRecords.migrations, SyncRecords.migrations, RoomRecords.migrations,
    ]

    /// - Parameters:
    ///   - quietHours: in which the jobs start of plans whose delay leaves room for that.
    ///   - keys: of the moment; whoever starts the service keeps them up to date.
    ///   - ai: which model describes sounds; nil for none.
    ///   - files: gets files by address; nil where that is not wanted.
    ///   - pace: at which followers of events, rooms and changes are looked after.
    ///   - roomRules: who may enter which room.
    public init(
        _ backends: Backends, plans: PlanBook, quietHours: QuietHours = .standard, keys: Keys,
        signIn options: SignInOptions = SignInOptions(), payments: PaymentOptions? = nil, ai: AIOptions? = nil,
        files: (any FileFetcher)? = nil, analyzer: any SampleAnalyzer, work: WorkFolder, pace: EventPace = EventPace(),
        roomRules: any RoomRules = OwnRooms(), logger: Logger
    ) throws {
        let metrics = MetricRegistry()
        let backends = backends.measured(by: metrics)
        let converter = (analyzer as? any CardConverter).map { MeasuredConverter(converter: $0, metrics: metrics) }
        let analyzer = MeasuredAnalyzer(analyzer: analyzer, metrics: metrics)
        let (database, objects, clock) = (backends.database, backends.objects, backends.clock)
        let log = EventLog(signals: backends.signals)
        let post = EventPost(log: log, clock: clock)
        let queue = JobQueue(database, signals: backends.signals, clock: clock, observer: post.jobs)
        let catalog = SampleCatalog()
        // What is nobody's is mail about accounts, with links that open them.
        let outbox = Outbox(queue, ended: Outbox.blankOwnerless)
        let billing = BillingParts(
            payments, database, plans: plans, queue: queue, outbox: outbox, events: post,
            letters: options.mail?.letters, clock: clock, logger: logger)
        let ledger = billing.ledger
        let keyValues = SQLKeyValueStore(database, clock: clock)
        rateLimiter = RateLimiter(keyValues, clock: clock)
        idempotency = IdempotencyKeys(database, keys: keys, clock: clock)
        let parts = try SignInParts(
            options, database, keys: keys, limiter: rateLimiter, queue: queue, outbox: outbox, plans: plans,
            billing: billing, clock: clock, logger: logger, metrics: metrics)
        (accounts, signIn, programKeys) = (parts.accounts, parts.signIn, parts.keys)
        (administration, accountOperation) = (parts.administration, parts.operation)
        let vibes = VibeAnalyzer(
            options: ai, database: database,
            budget: AIBudget(ledger: ledger, usage: billing.usage, prices: plans.aiPrices), prices: plans.aiPrices,
            entitlements: billing.entitlements, metrics: metrics, logger: logger)
        uploads = Uploads(
            database: database, objects: objects, queue: queue, ledger: ledger, accounts: accounts, analyzer: analyzer,
            vibes: vibes, quietHours: quietHours, clock: clock, metrics: metrics)
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
            LinkedUploads(
                database: database, sessions: $0, queue: queue, ledger: ledger, accounts: accounts,
                vibes: vibes)
        }
        egress = Egress(database: database, usage: billing.usage, prices: plans.costs, logger: logger)
        library = Library(
            database: database, objects: objects, links: linkStore, queue: queue, catalog: catalog, ledger: ledger,
            egress: egress, events: post, clock: clock)
        sampleWork = SampleWork(
            database: database, queue: queue, ledger: ledger, accounts: accounts, library: library,
            quietHours: quietHours, clock: clock)
        pictures = SamplePictures(
            library: library, objects: objects, analyzer: analyzer, work: work, desk: DrawingDesk(), egress: egress,
            clock: clock)
        (collections, kits) = (Collections(database: database, clock: clock), Kits(database: database, clock: clock))
        let makeExport = MakeExport(
            database: database, objects: objects, queue: queue, ledger: ledger, entitlements: billing.entitlements,
            converter: converter, work: work, clock: clock)
        exports = Exports(
            database: database, objects: objects, links: linkStore, queue: queue, ledger: ledger, accounts: accounts,
            egress: egress, handlers: JobHandlers([makeExport]), clock: clock)
        self.files = Files(
            database: database, objects: objects, links: linkStore, queue: queue, ledger: ledger, accounts: accounts,
            egress: egress, clock: clock)
        songs = Songs(
            database: database, objects: objects, queue: queue, ledger: ledger, accounts: accounts, egress: egress,
            intake: SongIntake(
                database: database, objects: objects, ledger: ledger, analyzer: analyzer, work: work, clock: clock),
            clock: clock, logger: logger)
        processing = Processing(
            database: database, accounts: accounts, ledger: ledger, usage: billing.usage, plans: plans,
            analyzer: analyzer, vibes: vibes, files: files, work: work)
        subscriptions = Subscriptions(
            database: database, plans: plans, entitlements: billing.entitlements, records: billing.records,
            ledger: ledger, users: accounts.users, audit: accounts.audit, payments: billing.payments, clock: clock,
            logger: logger)
        usage = UsageReports(
            database: database, entitlements: billing.entitlements, ledger: ledger, log: billing.usage, clock: clock)
        billingOperation = BillingOperation(
            database: database, accounts: accountOperation, assignments: accounts.assignments,
            entitlements: billing.entitlements, ledger: ledger, usage: billing.usage, audit: accounts.audit,
            payments: billing.payments, clock: clock)
        let live = LivePrincipals(sessions: parts.sessions, keys: parts.upkeep.keys, users: accounts.users)
        events = Events(
            database: database, log: log,
            watch: EventWatch(database, backends.signals, live, pace: pace) { try log.latest(of: $0, in: $1) })
        sync = Sync(
            database: database, signals: backends.signals, limiter: rateLimiter,
            watch: EventWatch(database, backends.signals, live, pace: pace, newest: Sync.newest), clock: clock)
        rooms = Rooms(
            database: database, signals: backends.signals, limiter: rateLimiter,
            watch: EventWatch(database, backends.signals, live, pace: pace, newest: Rooms.newest),
            host: RoomHost(database, clock: clock, interval: pace.heartbeat), users: accounts.users, rules: roomRules,
            clock: clock)
        upkeep = Upkeep(
            database: database, objects: objects, queue: queue, ledger: ledger, signIn: parts.upkeep,
            payments: billing.payments, rollUp: UsageRollUp(prices: plans.costs, clock: clock),
            uploadSessions: uploadSessions,
            lifecycle: Lifecycle(objects, rules: [.pendingUploads, .exports, .pictures], clock: clock),
            orphans: Self.orphanSweep(objects, database, clock), library: library, exports: exports,
            keyValues: keyValues, answers: idempotency, events: log, sync: sync, rooms: rooms,
            clock: clock, logger: logger)
        health = Health(database: database, objects: objects, queue: queue)
        let samples = SampleJob(
            database: database, objects: objects, queue: queue, catalog: catalog, ledger: ledger, usage: billing.usage,
            plans: plans, entitlements: billing.entitlements, events: post, analyzer: analyzer, work: work, clock: clock
        )
        readiness = Readiness(health: health, folder: work.path)
        let served: [any JobHandler] = [
            AnalyzeSample(parts: samples), LevelSample(parts: samples),
            AnalyzeUpload(
                objects: objects, queue: queue, catalog: catalog, ledger: ledger, usage: billing.usage, plans: plans,
                entitlements: billing.entitlements, events: post, analyzer: analyzer, vibes: vibes, work: work,
                metrics: metrics),
            makeExport,
            KeepFile(objects: objects, queue: queue, ledger: ledger, entitlements: billing.entitlements),
            DeleteObject(objects: objects),
            UpkeepJob(upkeep: upkeep), OutboxUpkeep(outbox),
            WorkflowUpkeep(Workflows(queue)), EndSubscriptions(payments: billing.payments),
        ]
        let erasure = EraseAccount(
            database: database, queue: queue, handlers: JobHandlers(served), outbox: outbox, library: library,
            exports: exports, uploads: uploadSessions, assignments: accounts.assignments,
            subscriptions: billing.records, usage: billing.usage, ledger: ledger, events: log, sync: sync,
            rooms: rooms)
        let senders = MessageSenders(webhookSecrets: InstallationWebhooks(keys), mail: options.mail?.sender)
        let all = served + [erasure] + outbox.handlers(senders.measured(by: metrics))
        handlers = all.map { MeasuredHandler(handler: $0, metrics: metrics) }
        jobs = JobBoard(
            database: database, objects: objects, queue: queue, handlers: JobHandlers(all), egress: egress)
        (self.backends, self.queue, self.plans, self.metrics) = (backends, queue, plans, metrics)
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

    private static func lanes(of plans: PlanBook) -> [String] { plans.versions.map(\.plan.lane) + ["default"] }

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
