import ArgumentParser
import Auth
import Foundation
import Storage
import WaxwingService

/// `waxwing users`: the accounts of a service, without the service.
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Make accounts, and look after those that there are.",
        discussion: """
            Takes the same environment as 'waxwing serve', which may run meanwhile. All that is done here is in the audit log
            of the account, as done by the system.

            Examples:
              waxwing users create ada@example.com --admin
              waxwing users ls
              waxwing users disable eve@example.com
            """.reflowed,
        subcommands: [
            UsersCreate.self, UsersList.self, UsersPassword.self, UsersRole.self, UsersPlan.self, UsersDisable.self,
            UsersEnable.self,
            UsersInvite.self,
            UsersKey.self, UsersAudit.self,
        ])
}

/// The service's own view of its accounts, opened for a command.
struct OperatedAccounts {
    let useCases: UseCases
    private let lock: FileLock

    /// - Parameter mayBeNew: whether an installation is made where there is none yet.
    static func open(mayBeNew: Bool = false) async throws -> OperatedAccounts {
        let settings = try Settings()
        let places = DataPlaces(settings)
        if !mayBeNew { try places.checkExists() }
        let lock = try places.lockForWorker()
        return OperatedAccounts(useCases: try await Assembly(settings, places).useCases, lock: lock)
    }

    var operation: AccountOperation { useCases.accountOperation }
}

struct UsersCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an account, as the first administrator's.",
        discussion: """
            The password is asked for, or read from standard input with --password-stdin. The address counts as confirmed.

            Examples:
              waxwing users create ada@example.com --admin
              pass show waxwing | waxwing users create ada@example.com --admin --password-stdin
              waxwing users create ada@example.com --no-password
            """.reflowed)

    @Argument(help: "The e-mail address.")
    var email: String

    @Option(help: "What the user wants to be called.")
    var name: String?

    @Flag(help: "An administrator, who looks after the accounts of others.")
    var admin = false

    @Flag(help: "Read the password from standard input.")
    var passwordStdin = false

    @Flag(help: "For one who chooses a password by mail, or comes from a provider (WAXWING_OPENID_LINK_EMAILS=on).")
    var noPassword = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if passwordStdin, noPassword { throw ValidationError("--password-stdin and --no-password exclude each other") }
    }

    func run() async throws {
        let password = noPassword ? nil : try PasswordInput.read(fromStandardInput: passwordStdin)
        let accounts = try await OperatedAccounts.open(mayBeNew: true)
        let user = try await accounts.operation.create(
            email: email, name: name, role: admin ? .admin : .user, password: password)
        if json { return JSONOutput.print(UserRecord(user)) }
        write("\(user.id)  \(user.email)  \(user.role.rawValue)\n")
    }
}

struct UsersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the accounts, the newest first.",
        discussion: "Example:\n  waxwing users ls --limit 1000")

    @OptionGroup var list: ListOptions

    func run() async throws {
        let users = try await OperatedAccounts.open().operation.users(upTo: list.limit)
        if list.json { return JSONOutput.print(users.map(UserRecord.init)) }
        var table = TextTable("USER", "E-MAIL", "NAME", "ROLE", "SINCE", "")
        for user in users {
            table.add([
                user.id.text, user.email.text, (user.name?.text ?? "-").printable, user.role.rawValue,
                "\(user.createdAt)", user.disabledAt == nil ? "" : "disabled",
            ])
        }
        write(table.text)
    }
}

/// What JSON says of a user.
struct UserRecord: Encodable {
    let id: String
    let email: String
    let name: String?
    let role: Role
    let createdAt: Timestamp
    let emailVerifiedAt: Timestamp?
    let disabledAt: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case id, email, name, role
        case createdAt = "created_at"
        case emailVerifiedAt = "email_verified_at"
        case disabledAt = "disabled_at"
    }

    init(_ user: User) {
        (id, email, name, role) = (user.id.text, user.email.text, user.name?.text, user.role)
        (createdAt, emailVerifiedAt, disabledAt) = (user.createdAt, user.emailVerifiedAt, user.disabledAt)
    }
}
