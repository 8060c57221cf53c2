import ArgumentParser
import Auth
import Foundation
import Storage
import StrictJSON

/// `waxwing login`: a service and a key that later commands take.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Remember a service and an API key for it.",
        discussion: """
            The key is asked for, read from WAXWING_API_KEY, or from standard input where that is no terminal; it is never an
            argument, which others could see. It is tried before it is kept, in waxwing/servers.json of $XDG_CONFIG_HOME or
            ~/.config, which nobody else can read. The service that was signed in at last is the one that is meant.

            A key comes from POST /api/auth/keys, or from 'waxwing users key' for who runs the service.

            Examples:
              waxwing login --server https://sounds.example.com
              pass show sounds | waxwing login --server https://sounds.example.com
            """.reflowed)

    @OptionGroup var remote: RemoteOptions

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let book = ServerBook(environment)
        let address = try ServerChoice.address(named: remote.server, environment, book.read())
        try ServerChoice.check(address, mayBePlain: remote.insecure)
        let key = try Self.key(environment, for: address)
        let (caller, plain) = (try await Caller.of(address, key, mayBePlain: remote.insecure), remote.insecure)
        try book.change { known in
            known.remember(
                KnownServers.Server(address: address.text, key: key, allowsPlain: plain))
        }
        answer.tell(
            "signed in at \(address.text.printable) as \(caller.name.printable)",
            ["server": .string(address.text), "user": .string(caller.name)])
    }

    private static func key(_ environment: [String: String], for address: ServerAddress) throws -> String {
        if let key = environment.set("WAXWING_API_KEY") { return try checked(key) }
        if isatty(STDIN_FILENO) == 1 { return try checked(SecretInput.ask("API key for \(address.text.printable): ")) }
        return try checked(readLine(strippingNewline: true) ?? "")
    }

    /// What cannot be sent in a header, or is empty, was hardly meant.
    private static func checked(_ text: String) throws -> String {
        let key = text.trimmingCharacters(in: .whitespaces)
        guard !key.isEmpty, key.utf8.isVisibleASCII else {
            throw ValidationError("no API key came in: type it, or write it on one line of standard input")
        }
        return key
    }
}

struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Forget a service and its API key.",
        discussion: """
            The key stays good: DELETE /api/auth/keys/{id} ends it.

            Examples:
              waxwing logout
              waxwing logout --server https://sounds.example.com
            """.reflowed)

    @Option(help: .init("Which one; else the one that was signed in at last.", valueName: "url"))
    var server: String?

    @Flag(help: "All of them.")
    var all = false

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let book = ServerBook(ProcessInfo.processInfo.environment)
        if all {
            let known = try book.read().servers.map(\.address)
            try book.change { $0 = KnownServers() }
            return tell("all services are forgotten", known)
        }
        // What the environment says is no word on what is to be forgotten.
        let known = try book.read()
        guard server != nil || known.preferred != nil else { return tell("no service is known", []) }
        let address = try ServerChoice.address(named: server, [:], known)
        guard try book.change({ $0.forget(address) }) else {
            throw OutputProblem("\(address.text.printable) is not known: nothing was changed")
        }
        tell("\(address.text.printable) is forgotten", [address.text])
    }

    private func tell(_ words: String, _ forgotten: [String]) {
        answer.tell(words, ["forgotten": .array(forgotten.map(JSONValue.string))])
    }
}

struct WhoamiCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Show whose API key it is, and what it is good for.",
        discussion: """
            Examples:
              waxwing whoami
              waxwing whoami --json
            """.reflowed)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    func run() async throws {
        let isJSON = json
        let text = try await remote.use { service, _ in
            if isJSON { return JSONOutput.text(try await service.get("/api/auth/session", as: JSONValue.self)) }
            let caller = try await Caller.of(service)
            let scopes = caller.scopes?.joined(separator: " ") ?? "all that the user may"
            return
                "\(caller.name.printable)  \(caller.role.printable)  \(scopes.printable)  at \(service.address.text.printable)"
        }
        write(text + "\n")
    }
}

/// Who a key belongs to.
private struct Caller: Decodable, Sendable {
    private struct User: Decodable, Sendable {
        let email: String
    }

    let user: String
    let role: String
    let scopes: [String]?
    private(set) var email: String?

    /// The address, where the key may see it.
    var name: String { email ?? user }

    private enum CodingKeys: CodingKey {
        case user, role, scopes
    }

    static func of(_ service: RemoteService) async throws -> Caller {
        var caller: Caller = try await service.get("/api/auth/session")
        caller.email = try? await service.get("/api/user", as: User.self).email
        return caller
    }

    static func of(_ address: ServerAddress, _ key: String, mayBePlain: Bool) async throws -> Caller {
        let choice = try ServerChoice(
            named: address.text, mayBePlain: mayBePlain, environment: ["WAXWING_API_KEY": key], known: KnownServers())
        return try await LongRun.run { _ in try await RemoteService.use(choice) { try await of($0) } }
    }
}
