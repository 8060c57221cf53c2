import ArgumentParser
import Billing
import Storage
import StrictJSON
import WaxwingService

/// `waxwing webhooks`: what the payment provider told, without the service.
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks",
        abstract: "See what the payment provider told, and take it in again.",
        discussion: """
            Takes the same environment as 'waxwing serve', which may run meanwhile. Events are kept for 90 days.

            Examples:
              waxwing webhooks ls --outcome failed
              waxwing webhooks replay evt_1Q…
              waxwing webhooks reconcile
            """.reflowed,
        subcommands: [WebhooksList.self, WebhooksShow.self, WebhooksReplay.self, WebhooksReconcile.self])
}

struct WebhooksList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the events that came, the newest first.",
        discussion: """
            applied and stale: done. ignored: of a kind that nothing is done about. waiting: nobody knows yet whose it is.
            failed: it could not be applied; see 'waxwing webhooks show'.

            Examples:
              waxwing webhooks ls
              waxwing webhooks ls --outcome waiting --type customer.subscription.updated
            """.reflowed)

    @Option(help: "applied, stale, ignored, waiting or failed.")
    var outcome: WebhookOutcome?

    @Option(help: "The provider's name of what happened, as invoice.paid.")
    var type: String?

    @OptionGroup var list: ListOptions

    func run() async throws {
        let billing = try await OperatedAccounts.open().useCases.billingOperation
        let events = try await billing.webhooks(WebhookFilter(outcome: outcome, type: type), upTo: list.limit)
        if list.json { return JSONOutput.print(events.map(WebhookRecord.init)) }
        var table = TextTable("EVENT", "TYPE", "CAME", "OUTCOME", "TIMES", "")
        for event in events {
            table.add([
                event.id.text, event.type.printable, "\(event.createdAt)", event.outcome.rawValue,
                "\(event.deliveries)",
                event.reason?.printable ?? "",
            ])
        }
        write(table.text)
    }
}

/// An event, by the provider's name of it.
struct EventArgument: ParsableArguments {
    @Argument(help: "The provider's name of the event, as evt_1Q….")
    var event: EventID
}

struct WebhooksShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Tell all that is known of one event.",
        discussion: "Example:\n  waxwing webhooks show evt_1Q…")

    @OptionGroup var named: EventArgument

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let event = try await OperatedAccounts.open().useCases.billingOperation.webhook(named.event)
        let record = JSONOutput.text(WebhookRecord(event))
        guard !answer.json, let value = try? JSONValue(reading: Array(record.utf8)) else {
            return write(record + "\n")
        }
        write(value.lines())
    }
}

struct WebhooksReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Take an event in again, as it came first.",
        discussion: """
            What was done already is not done again, unless with --force.

            Example:
              waxwing webhooks replay evt_1Q…
            """.reflowed)

    @OptionGroup var named: EventArgument

    @Flag(help: "Do its effect again, though it was done: mails are sent once more.")
    var force = false

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let billing = try await OperatedAccounts.open().useCases.billingOperation
        let outcome = try await billing.replay(named.event, force: force)
        answer.tell(
            outcome == .duplicate ? "nothing: it was done before" : outcome.rawValue,
            ["event": .string(named.event.text), "outcome": .string(outcome.rawValue)])
        if outcome == .failed { throw ExitCode.someFailed }
    }
}

struct WebhooksReconcile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile", abstract: "Compare with the provider now, and repair what differs.",
        discussion: """
            The service does so by itself: at once where something is in doubt, else once a day for each customer.

            Example:
              waxwing webhooks reconcile
            """.reflowed)

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let report = try await OperatedAccounts.open().useCases.billingOperation.reconcile()
        for repair in report.repairs where !answer.json {
            write(
                "\(repair.after.id)  was \(repair.before?.status.rawValue ?? "unknown"), is \(repair.after.status.rawValue)\n"
            )
        }
        for failure in report.failures {
            FileProblem(path: failure.customer.text, reason: failure.reason).report()
        }
        answer.tell(
            "\(report.looked) customers compared, \(report.repairs.count) subscriptions repaired",
            ReconcileRecord(report))
        if !report.failures.isEmpty { throw ExitCode.someFailed }
    }
}

private struct ReconcileRecord: Encodable {
    struct Repair: Encodable {
        let subscription: String
        let before: String?
        let after: String
    }

    let compared: Int
    let repairs: [Repair]
    /// Customers that could not be compared.
    let failures: [String]

    init(_ report: ReconcileReport) {
        compared = report.looked
        repairs = report.repairs.map {
            Repair(subscription: "\($0.after.id)", before: $0.before?.status.rawValue, after: $0.after.status.rawValue)
        }
        failures = report.failures.map(\.customer.text)
    }
}

private struct WebhookRecord: Encodable {
    let id, type: String
    let outcome: WebhookOutcome
    let happenedAt, createdAt: Timestamp
    let appliedAt: Timestamp?
    let reason, customer: String?
    let deliveries: Int
    let replayable: Bool

    enum CodingKeys: String, CodingKey {
        case id, type, outcome, reason, customer, deliveries, replayable
        case happenedAt = "happened_at"
        case createdAt = "created_at"
        case appliedAt = "applied_at"
    }

    init(_ event: WebhookEvent) {
        (id, type, outcome) = (event.id.text, event.type, event.outcome)
        (happenedAt, createdAt, appliedAt) = (event.happenedAt, event.createdAt, event.appliedAt)
        (reason, customer) = (event.reason, event.customer?.text)
        (deliveries, replayable) = (event.deliveries, event.isReplayable)
    }
}

extension WebhookOutcome: ExpressibleByArgument {}

extension ProviderReference: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
