import Foundation
import StorageTestKit
import Testing

/// `waxwing config`, and the file that settings come from.
@Suite struct ConfigTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func file(_ text: String) throws -> String { try folder.write(Array(text.utf8), to: "waxwing.env") }

    private func entries(_ result: Program.Result) throws -> [String: (value: String?, source: String)] {
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return try #require(json?["settings"] as? [[String: Any]]).reduce(into: [:]) { entries, entry in
            let name = try #require(entry["name"] as? String)
            entries[name] = (entry["value"] as? String, try #require(entry["source"] as? String))
        }
    }

    @Test func `the environment goes before the file, and the file before what holds otherwise`() async throws {
        let path = try file("# a remark\n\nPORT = 9001\nWAXWING_HOST=\"${CANARY_HOST}\"\nWAXWING_WORKERS=3\n")
        let result = try await Program.run(
            "config", "--config", path, "--json",
            environment: ["PORT": "9002", "CANARY_HOST": "::1", "WAXWING_WORKERS": ""])
        #expect(result.status == 0, "\(result.errors)")
        let entries = try entries(result)
        #expect(entries["PORT"]?.value == "9002" && entries["PORT"]?.source == "environment")
        #expect(entries["WAXWING_HOST"]?.value == "::1" && entries["WAXWING_HOST"]?.source == "\(path):4")
        // What is empty is not set.
        #expect(entries["WAXWING_WORKERS"]?.value == "3")
        let url = try #require(entries["WAXWING_URL"])
        #expect(url.value == nil && url.source == "default")
        let named = try await Program.run(
            "config", "--json", environment: ["WAXWING_CONFIG": path, "CANARY_HOST": "::1"])
        #expect(try self.entries(named)["PORT"]?.value == "9001")
    }

    @Test(arguments: [
        ("WAXWING_DATABSE_CONNECTIONS=5", "did you mean WAXWING_DATABASE_CONNECTIONS?"),
        ("STRIPE_SECRET=hunter2", "there is no setting STRIPE_SECRET"), ("hunter2", "a line is NAME=value"),
        ("PORT=1\nPORT=2", "PORT is set before"), ("PORT=${NOT_THERE}", "${NOT_THERE} is not set"),
        ("PORT=${oh no}", "holds a name"), ("PORT=${PATH", "needs a '}'"), ("PORT='90", "ends with it"),
        ("PORT=\"9\"0\"", "has none between"), ("export PORT=1", "letters, digits and '_'"),
        ("WAXWING_CONFIG_FILE\u{1B}[2J=x", "letters, digits"),
    ])
    func `a line that is none stops the start with its number, and without its value`(
        text: String, words: String
    ) async throws {
        let path = try file(text)
        for command in ["config", "serve"] {
            let result = try await Program.run(command, "--config", path, environment: ["PORT": ""])
            #expect(result.status == 78 && result.errors.contains(words), "\(result.errors)")
            #expect(result.errors.contains("of \(path)") && !result.errors.contains("hunter2"))
            #expect(!result.errors.contains("\u{1B}"))
        }
    }

    @Test func `what is between single quotes stays as it is, and nothing is put in twice`() async throws {
        let path = try file("WAXWING_DATA='/a ${b} \"c\" # d'\nWAXWING_HOST=${CANARY}\n")
        let result = try await Program.run("config", "--config", path, "--json", environment: ["CANARY": "${HOME}"])
        #expect(try entries(result)["WAXWING_DATA"]?.value == "/a ${b} \"c\" # d")
        #expect(try entries(result)["WAXWING_HOST"]?.value == "${HOME}")
    }

    @Test(arguments: ["/nowhere/waxwing.env", "/", ""])
    func `a file that is not there is said`(path: String) async throws {
        let result = try await Program.run("config", "--config", path)
        #expect(path.isEmpty ? result.status == 0 : result.errors.contains("cannot be read"), "\(result.errors)")
    }

    @Test func `all that is wrong is said at once, each with its name`() async throws {
        let environment = [
            "PORT": "70000", "WAXWING_WORKERS": "many", "WAXWING_LOG_LEVEL": "loud", "WAXWING_VERIFY_EMAIL": "yes",
            "WAXWING_QUIET_HOURS": "night", "WAXWING_PROFILE": "free", "S3_ENDPOINT": "http://127.0.0.1:1",
            "S3_BUCKET": "", "WAXWING_SMTP_URL": "smtp://hunter2@", "JWT_SECRET": "hunter2",
            "WAXWING_ENVIRONMENT": "testing", "STRIPE_KEY": "sk_test_hunter2", "STRIPE_WEBHOOK_SECRET": "",
        ]
        let result = try await Program.run(["config"], environment: environment)
        #expect(result.status == 78)
        for name in environment.keys where !["S3_BUCKET", "STRIPE_WEBHOOK_SECRET"].contains(name) {
            #expect(result.errors.contains(name), "\(name)")
        }
        #expect(!result.errors.contains("hunter2") && !result.output.contains("hunter2"))
    }

    /// Everything that holds a secret, and some of what may by mistake.
    private static let canaries = [
        "DATABASE_URL": "postgres://waxwing:canary@127.0.0.1:1/none",
        "WAXWING_SECRET": "canary" + String(repeating: "s", count: 40),
        "WAXWING_METRICS_TOKEN": "canary", "JWT_SECRET": "canary" + String(repeating: "j", count: 40),
        "WAXWING_SMTP_URL": "smtps://ada:canary@127.0.0.1:1", "WAXWING_MAIL_FROM": "ada@example.com",
        "WAXWING_URL": "https://sounds.example.com", "STRIPE_KEY": "sk_test_canary",
        "STRIPE_WEBHOOK_SECRET": "whsec_canary", "S3_BUCKET": "sounds", "S3_ENDPOINT": "http://127.0.0.1:1",
        "S3_ACCESS_KEY_ID": "ada", "S3_SECRET_ACCESS_KEY": "canary", "S3_SESSION_TOKEN": "canary",
        "WAXWING_OPENID_PROVIDERS": #"[{"name": "google", "client_id": "ada", "client_secret": "canary"}]"#,
        "WAXWING_API_KEY": "canary", "WAXWING_NEW_SECRET": "canary", "OPENROUTER_API_KEY": "sk-or-canary",
        "CLAUDE_API_KEY": "sk-ant-canary", "WAXWING_JWT_ISSUERS": #"[{"issuer": "https://canary.example.com"}]"#,
    ]

    @Test func `every setting that is a secret has its canary here`() async throws {
        let shown = try await Program.run("config", "--json")
        let json = try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any]
        let secret = try #require(json?["settings"] as? [[String: Any]]).filter { $0["secret"] as? Bool == true }
        #expect(secret.count > 8)
        for setting in secret { #expect(Self.canaries.keys.contains(try #require(setting["name"] as? String))) }
    }

    @Test func `secrets in settings: no canary is in what config, doctor or a failing start say`() async throws {
        for command in [["config"], ["config", "--json"], ["doctor"], ["doctor", "--json"], ["serve"]] {
            let environment = Self.canaries.merging(["WAXWING_DATA": "\(folder.path)/var"]) { $1 }
            let result = try await Program.run(command, environment: environment)
            #expect(!result.output.contains("canary") && !result.errors.contains("canary"), "\(command)")
            #expect(result.output.count + result.errors.count > 100)
        }
        // As much in a file, and each in the place of another.
        let lines = Self.canaries.filter { !["WAXWING_API_KEY", "WAXWING_NEW_SECRET"].contains($0.key) }.map {
            "\($0)='\($1)'"
        }
        let path = try file(lines.sorted().joined(separator: "\n"))
        for name in ["PORT", "WAXWING_URL", "WAXWING_QUIET_HOURS"] {
            let result = try await Program.run(
                "config", "--config", path, environment: [name: "https://ada:canary@host"])
            #expect(!result.output.contains("canary"))
        }
    }

    @Test(arguments: [
        (
            ["STRIPE_KEY": "sk_test_1234", "STRIPE_WEBHOOK_SECRET": "whsec_1", "WAXWING_ENVIRONMENT": "production"],
            "for tests"
        ),
        (
            ["STRIPE_KEY": "rk_test_1234", "STRIPE_WEBHOOK_SECRET": "whsec_1", "WAXWING_ENVIRONMENT": "production"],
            "for tests"
        ),
        (
            ["STRIPE_KEY": "sk_live_1234", "STRIPE_WEBHOOK_SECRET": "whsec_1", "WAXWING_ENVIRONMENT": "staging"],
            "real money"
        ),
        (["WAXWING_URL": "http://sounds.example.com", "WAXWING_ENVIRONMENT": "production"], "take https"),
        (["WAXWING_BYPASS_AUTH": "on", "WAXWING_ENVIRONMENT": "production"], "WAXWING_BYPASS_AUTH"),
    ])
    func `each environment has what would not do there`(environment: [String: String], words: String) async throws {
        let result = try await Program.run(["config"], environment: environment)
        #expect(result.status == 78 && result.errors.contains(words), "\(result.errors)")
        var other = environment
        other["WAXWING_ENVIRONMENT"] = environment["WAXWING_ENVIRONMENT"] == "production" ? "development" : "production"
        #expect(try await Program.run(["config"], environment: other).status == 0)
    }

    @Test func `names that look like ours are warned of, and stop nothing`() async throws {
        let result = try await Program.run(["config"], environment: ["WAXWING_WORKER": "3"])
        #expect(result.status == 0)
        #expect(result.errors.contains("there is no setting WAXWING_WORKER; did you mean WAXWING_WORKERS?"))
    }

    @Test func `the table of the README is the one the program prints`() async throws {
        let readme = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../README.md")
                .standardizedFileURL, encoding: .utf8)
        let table = try await Program.run("config", "--markdown")
        #expect(table.status == 0 && table.output.split(separator: "\n").count > 30)
        #expect(readme.contains("\n\n\(table.output)\n"))
    }
}
