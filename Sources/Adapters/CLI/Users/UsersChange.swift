import ArgumentParser
import Auth
import Billing
import Storage
import StrictJSON
import WaxwingService

/// An account, by its address or its id.
struct UserArgument: ParsableArguments {
    @Argument(help: "The e-mail address of the account, or its id.")
    var user: String
}

struct UsersPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Give somebody another password.",
        discussion: """
            For who has lost theirs where no mail is sent. It is asked for, or read from standard input. Their sessions end.

            Example:
              waxwing users password ada@example.com
            """.reflowed)

    @OptionGroup var account: UserArgument

    @Flag(help: "Read the password from standard input.")
    var passwordStdin = false

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let password = try PasswordInput.read(fromStandardInput: passwordStdin)
        try await OperatedAccounts.open().operation.setPassword(of: account.user, to: password)
        answer.tell("\(account.user) has the new password", ["user": .string(account.user)])
    }
}

struct UsersRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Make somebody an administrator, or a plain user again.",
        discussion: """
            Their sessions end: they sign in again, and have the new role.

            Example:
              waxwing users role ada@example.com admin
            """.reflowed)

    @OptionGroup var account: UserArgument

    @Argument(help: "user, admin or service.")
    var role: Role

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let changed = try await OperatedAccounts.open().operation.setRole(of: account.user, to: role)
        answer.tell(
            "\(account.user) is \(role.rawValue) \(changed ? "now" : "already")",
            ["user": .string(account.user), "role": .string(role.rawValue), "changed": .boolean(changed)])
    }
}

struct UsersPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Tell somebody's plan, or give them another.",
        discussion: """
            What they pay for goes before the plan that they are given, unless with --stays.

            Examples:
              waxwing users plan ada@example.com
              waxwing users plan ada@example.com pro --stays
            """.reflowed)

    @OptionGroup var account: UserArgument

    @Argument(help: "The plan, by its name in the plan file.")
    var plan: String?

    @Flag(help: "They have it whatever they pay for, or stop to pay for.")
    var stays = false

    @OptionGroup var answer: AnswerOptions

    func validate() throws {
        if stays, plan == nil { throw ValidationError("--stays needs a plan") }
    }

    func run() async throws {
        let billing = try await OperatedAccounts.open().useCases.billingOperation
        if let plan { try await billing.assign(plan, to: account.user, stays: stays) }
        let entitlement = try await billing.entitlement(of: account.user)
        let until = entitlement.changesAt.map { ", until \($0)" } ?? ""
        answer.tell(
            "\(account.user) has \(entitlement.planName.printable), version \(entitlement.planVersion) "
                + "(\(entitlement.ground.rawValue)\(until))",
            [
                "user": .string(account.user), "plan": .string(entitlement.planName),
                "version": .integer(Int64(entitlement.planVersion)), "ground": .string(entitlement.ground.rawValue),
                "changes_at": entitlement.changesAt.map { .string("\($0)") } ?? .null,
            ])
    }
}

struct UsersDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Lock somebody out, with every session and key they have.",
        discussion: """
            What they have stays, and jobs that were begun go on.

            Example:
              waxwing users disable eve@example.com
            """.reflowed)

    @OptionGroup var account: UserArgument

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let changed = try await OperatedAccounts.open().operation.setDisabled(account.user, to: true)
        answer.tell(
            "\(account.user) is locked out\(changed ? "" : " already")",
            ["user": .string(account.user), "disabled": true, "changed": .boolean(changed)])
    }
}

struct UsersEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let somebody in again.",
        discussion: "Example:\n  waxwing users enable eve@example.com")

    @OptionGroup var account: UserArgument

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let changed = try await OperatedAccounts.open().operation.setDisabled(account.user, to: false)
        answer.tell(
            "\(account.user) \(changed ? "may sign in again" : "is not locked out")",
            ["user": .string(account.user), "disabled": false, "changed": .boolean(changed)])
    }
}

struct UsersInvite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Mail somebody a link by which they make an account.",
        discussion: """
            Needs mail (WAXWING_SMTP_URL); a running service sends it. The link is good for 7 days.

            Example:
              waxwing users invite grace@example.com
            """.reflowed)

    @Argument(help: "The e-mail address.")
    var email: String

    @Flag(help: "As an administrator.")
    var admin = false

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let role: Role = admin ? .admin : .user
        try await OperatedAccounts.open().operation.invite(email, as: role)
        answer.tell("\(email) is invited", ["email": .string(email), "role": .string(role.rawValue)])
    }
}

struct UsersKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make an API key for an account.",
        discussion: """
            It is printed once, and not to be had again.

            Examples:
              waxwing users key ada@example.com --name laptop
              waxwing users key ada@example.com --name backup --scope library:read --days 90
            """.reflowed)

    @OptionGroup var account: UserArgument

    @Option(help: "What it is for.")
    var name: String

    @Option(name: .customLong("scope"), help: "What it is good for, as library:read; more than once. All if not given.")
    var scopes: [String] = []

    @Option(help: "Good for so many days; until it is revoked if not given.")
    var days: Int?

    @OptionGroup var answer: AnswerOptions

    func validate() throws {
        guard days.map((1...3650).contains) ?? true else { throw ValidationError("--days must be 1 to 3650") }
    }

    func run() async throws {
        let life = days.map { Duration.seconds($0 * 86_400) }
        let secret = try await OperatedAccounts.open().operation.makeKey(
            for: account.user, name: name, scopes: scopes.isEmpty ? nil : scopes, life: life)
        answer.tell(secret.text, ["user": .string(account.user), "name": .string(name), "key": .string(secret.text)])
    }
}

struct UsersAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show what happened to an account, the newest first.",
        discussion: "Example:\n  waxwing users audit ada@example.com --limit 20")

    @OptionGroup var account: UserArgument

    @OptionGroup var list: ListOptions

    func run() async throws {
        let entries = try await OperatedAccounts.open().operation.audit(of: account.user, upTo: list.limit)
        if list.json { return JSONOutput.print(entries) }
        var table = TextTable("TIME", "ACTION", "ADDRESS", "DEVICE")
        for entry in entries {
            let origin = entry.event.origin
            table.add([
                "\(entry.createdAt)", entry.event.action.rawValue, (origin?.address ?? "-").printable,
                (origin?.device?.text ?? "-").printable,
            ])
        }
        write(table.text)
    }
}

extension Role: ExpressibleByArgument {}
