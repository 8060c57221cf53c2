import ArgumentParser
import Billing
import Foundation
import Storage
import StrictJSON
import WaxwingService

/// `waxwing usage`: what accounts use and cost, without the service.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "See what accounts use and cost, and prove that it adds up.",
        discussion: """
            Takes the same environment as 'waxwing serve', which may run meanwhile. With --server, 'show' asks a service what
            one has used oneself.

            Examples:
              waxwing usage show ada@example.com
              waxwing usage verify
              waxwing usage economics --month 2026-11 --fixed-costs 50
            """.reflowed,
        subcommands: [UsageShow.self, UsageVerify.self, UsageEconomics.self, UsageCorrect.self])
}

struct UsageShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "What an account has used of its limits, and by day.",
        discussion: """
            Examples:
              waxwing usage show ada@example.com
              waxwing usage show ada@example.com --from 2026-11-01 --to 2026-11-30 --csv > november.csv
              waxwing usage show --server https://sounds.example.com
            """.reflowed)

    @Argument(help: "The e-mail address of the account, or its id; none with --server, which tells of one's own.")
    var user: String?

    @Option(help: "The first day, as 2026-11-01; 30 days are shown without it.")
    var from: UTCDay?

    @Option(help: "The last day; today without it.")
    var to: UTCDay?

    @Flag(help: "Print the days as CSV.")
    var csv = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    func validate() throws {
        if csv, json { throw ValidationError("--csv and --json exclude each other") }
        guard (user == nil) == (remote.server != nil) else {
            throw ValidationError("name the account, or with --server the service that tells of your own")
        }
    }

    func run() async throws {
        guard let user else {
            return try await RemoteUsage(remote: remote).show(
                from: from, to: to, as: csv ? .csv : json ? .json : .table)
        }
        let billing = try await OperatedAccounts.open().useCases.billingOperation
        let overview = try await billing.usage(of: user, from: from, through: to)
        if csv { return write(overview.report.csv) }
        if json { return JSONOutput.print(UsageRecord(overview)) }
        var limits = TextTable("LIMIT", "USED", "HELD", "OF", "RESETS")
        for balance in overview.balances {
            limits.add([
                balance.unit.rawValue, "\(balance.used)", "\(balance.held)", balance.limit.map { "\($0)" } ?? "-",
                balance.resetsAt.map { "\($0)" } ?? "-",
            ])
        }
        write(
            "plan \(overview.entitlement.planName.printable) (\(overview.entitlement.ground.rawValue))\n\n"
                + limits.text)
        guard !overview.report.lines.isEmpty else { return write("\nnothing was used from \(overview.report.days)\n") }
        var days = TextTable("DAY", "FEATURE", "AMOUNT", "TIMES", "COST")
        for line in overview.report.lines {
            days.add([
                "\(line.day)", line.feature.rawValue, line.amountText, "\(line.sum.count)",
                "\(line.sum.cost.whole.text) USD",
            ])
        }
        write("\n" + days.text)
    }
}

struct UsageVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Prove that the quota ledger adds up.",
        discussion: """
            Every entry of the ledger sums up to 0, and all of them replayed give what is used and held. Reads all entries once, on
            one snapshot; the service may run meanwhile. The exit code is 1 where something does not add up.

            Example:
              waxwing usage verify
            """.reflowed)

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let billing = try await OperatedAccounts.open().useCases.billingOperation
        let audit = try await billing.verifyLedger { difference in
            FileProblem(path: "quota ledger", reason: "\(difference)".printable).report()
        }
        if json {
            JSONOutput.print(AuditRecord(audit))
        } else {
            write(
                "\(audit.entries) entries, \(audit.balances) balances, \(audit.holds) held amounts: "
                    + (audit.isClean ? "everything adds up\n" : "\(audit.found) differences\n"))
        }
        if !audit.isClean { throw ExitCode.someFailed }
    }

    private struct AuditRecord: Encodable {
        let entries, balances, holds, differences: Int

        init(_ audit: QuotaAudit) {
            (entries, balances, holds, differences) = (audit.entries, audit.balances, audit.holds, audit.found)
        }
    }
}

struct UsageEconomics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "economics", abstract: "What users cost and bring in, by plan, in a month.",
        discussion: """
            Costs are what was used, at the prices of the plan file; revenue is what was paid by invoices of the month in US
            dollars, less what was given back. Users count with the plan they have now.

            Examples:
              waxwing usage economics
              waxwing usage economics --month 2026-10 --fixed-costs 49.90 --json
            """.reflowed)

    @Option(help: "As 2026-11; the present month without it.")
    var month: UTCMonth?

    @Option(help: "What the service costs though nobody uses it, in US dollars.")
    var fixedCosts: Dollars = .none

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let billing = try await OperatedAccounts.open().useCases.billingOperation
        let economics = try await billing.economics(of: month, fixedCosts: fixedCosts.amount)
        if json { return JSONOutput.print(economics) }
        write(economics.table)
    }
}

struct UsageCorrect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct", abstract: "Change what counts as used, by an entry of the ledger.",
        discussion: """
            In the present window, and never below nothing. The reason is kept with the entry, and the account's audit log
            tells of it.

            Examples:
              waxwing usage correct ada@example.com uploads -- -3 --reason 'failed on our side'
              waxwing usage correct ada@example.com ai_prompts 5 --reason 'by telephone'
            """.reflowed)

    @OptionGroup var account: UserArgument

    @Argument(help: ArgumentHelp("The limit: \(QuotaUnit.allCases.map(\.rawValue).joined(separator: ", "))."))
    var unit: QuotaUnit

    @Argument(help: "How much more is used; less with a minus, after '--'.")
    var amount: Int

    @Option(help: "Why.")
    var reason: String

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let billing = try await OperatedAccounts.open().useCases.billingOperation
        let balance = try await billing.correct(unit, by: amount, of: account.user, reason: reason)
        answer.tell(
            "\(balance.used) \(unit.title) are used now",
            ["user": .string(account.user), "unit": .string(unit.rawValue), "used": .integer(Int64(balance.used))])
    }
}

/// An amount of money as people write it: `49.90`.
struct Dollars: ExpressibleByArgument {
    static let none = Dollars(amount: .zero)

    let amount: MicroUSD

    private init(amount: MicroUSD) {
        self.amount = amount
    }

    init?(argument: String) {
        guard let match = argument.wholeMatch(of: /(\d{1,9})(?:\.(\d{1,2}))?/), let whole = Int(match.1) else {
            return nil
        }
        let digits = match.2.map(String.init) ?? "0"
        guard let rest = Int(digits.count == 1 ? digits + "0" : digits) else { return nil }
        amount = MicroUSD(cents: whole * 100 + rest)
    }

    var defaultValueDescription: String { "0" }
}

extension UTCDay: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension UTCMonth: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension QuotaUnit: ExpressibleByArgument {}

private struct UsageRecord: Encodable {
    let plan: String
    let ground: Entitlement.Ground
    let limits: [Limit]
    let usage: UsageReport

    struct Limit: Encodable {
        let unit: QuotaUnit
        let used, held: Int
        let limit: Int?
        let resetsAt: Timestamp?

        enum CodingKeys: String, CodingKey {
            case unit, used, held, limit
            case resetsAt = "resets_at"
        }
    }

    init(_ overview: UsageOverview) {
        (plan, ground) = (overview.entitlement.planName, overview.entitlement.ground)
        limits = overview.balances.map {
            Limit(unit: $0.unit, used: $0.used, held: $0.held, limit: $0.limit, resetsAt: $0.resetsAt)
        }
        usage = overview.report
    }
}
