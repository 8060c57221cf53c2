import Auth
import Billing
import FreshDatabases
import Logging
import Storage
import StorageTestKit
import Testing

@testable import Jobs
@testable import WaxwingService

/// A service that sells plans, with the provider for development, and somebody who has an account there.
struct Shop {
    let clock = ManualClock()
    let folder: TemporaryFolder
    let database: any Database
    let useCases: UseCases
    let payments: DevelopmentPayments
    let customer: Principal

    init() async throws {
        folder = try TemporaryFolder()
        database = try await FreshDatabase.make()
        try await database.migrate(UseCases.migrations, at: clock.now())
        useCases = try UseCases(
            Backends(
                database: database, objects: MemoryObjectStore(clock: clock), clock: clock,
                linkBase: "http://127.0.0.1/objects"),
            plans: PlanBook(
                defaultPlan: "free",
                plans: [
                    "free": Plan(uploadsPerMonth: 1),
                    "pro": Plan(uploadsPerMonth: 10, prices: try Self.price("pro-month-1", 999), trialDays: 14),
                    "large": Plan(uploadsPerMonth: 100, prices: try Self.price("large-month-1", 9_900)),
                ]),
            keys: .random(clock: clock), payments: PaymentOptions(.development, site: "http://127.0.0.1"),
            analyzer: FakeAnalyzer(), work: WorkFolder(in: folder.path + "/work"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        payments = try #require(useCases.subscriptions.development)
        _ = try await useCases.accounts.register(
            email: "ada@example.com", password: Studio.password, name: "Ada", from: .test)
        let pair = try await useCases.signIn.signIn(email: "ada@example.com", password: Studio.password, from: .test)
        customer = try await useCases.signIn.authenticate(Credentials(bearerToken: pair.access))
    }

    private static func price(_ name: String, _ cents: Int) throws -> [PlanPrice] {
        [PlanPrice(try #require(PriceName(name)), cents)]
    }

    func checkout(_ plan: String = "pro") async throws -> DevelopmentCheckout {
        let started = try await useCases.subscriptions.subscribe(
            to: PlanWish(plan: plan, interval: nil, addOns: [:]), comingBackTo: nil, orTo: nil, servedAt: nil,
            for: customer, from: .test)
        return try await payments.checkout(started.id)
    }

    @discardableResult
    func change(to plan: String) async throws -> SubscriptionOverview {
        try await useCases.subscriptions.change(
            to: PlanWish(plan: plan, interval: nil, addOns: [:]), for: customer, from: .test)
    }

    func work() async throws {
        let workers = useCases.workers(
            name: "test", concurrency: 1, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for worker in workers {
            let queues = worker.configuration.queues.map(\.queue)
            while let job = try await worker.queue.claim(from: queues, by: worker.name) {
                _ = await JobRun(job: job, worker: worker).run()
            }
        }
    }

    func count(_ table: SQL) async throws -> Int {
        try await database.read { try $0.row("SELECT COUNT(*) AS n FROM \(table)")?.get("n") ?? 0 }
    }
}
