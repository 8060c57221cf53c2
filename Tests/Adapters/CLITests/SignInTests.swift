import Crypto
import Foundation
import StorageTestKit
import Testing

/// Each way to sign in, against the running service, as operators, programs and other services use it.
@Suite struct SignInTests {
    private func json(_ data: Data) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return try #require(object?["data"] as? [String: Any])
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `an operator makes the first administrator and a key, and the command line uploads with it`(
        on deployment: Deployment
    ) async throws {
        let (folder, environment) = (try TemporaryFolder(), try await deployment.environment())
        let server = try await TestServer(folder, environment: environment)
        func run(_ arguments: String..., with more: [String: String] = [:]) async throws -> Program.Result {
            let base = environment.merging(["WAXWING_DATA": server.data]) { $1 }
            return try await Program.run(arguments, environment: base.merging(more) { $1 })
        }
        let made = try await run("users", "create", "root@example.com", "--admin", "--no-password")
        #expect(made.status == 0 && made.output.contains("admin"), "\(made.errors)")
        let again = try await run("users", "create", "root@example.com", "--admin", "--no-password")
        #expect(again.status != 0 && again.errors.contains("registered"))
        let key = try await run("users", "key", "root@example.com", "--name", "laptop").output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(key.hasPrefix("wx_"))

        let remote = [
            "WAXWING_SERVER": "http://127.0.0.1:\(server.port)", "WAXWING_API_KEY": key, "XDG_CONFIG_HOME": folder.path,
        ]
        let known = try await run("whoami", with: remote)
        #expect(known.status == 0 && known.output.contains("admin"), "\(known.errors)")
        let file = try folder.write(Sound.kicks(seconds: 1), to: "kick.wav")
        let text = try folder.write(Array("no audio".utf8), to: "notes.wav")
        let uploaded = try await run("upload", file, text, "--json", with: remote)
        #expect(uploaded.status == 1 && uploaded.errors.contains("notes.wav"))
        let rows = try JSONSerialization.jsonObject(with: Data(uploaded.output.utf8)) as? [[String: Any]]
        let sample = try #require(rows?.first?["sample_id"] as? String)
        #expect(try await server.send("GET", "/api/samples/\(sample)", token: key).status == 200)

        let narrow = try await run("users", "key", "root@example.com", "--name", "x", "--scope", "library:read").output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try await server.send("GET", "/api/samples/\(sample)", token: narrow).status == 200)
        #expect(try await server.send("GET", "/api/admin/users", token: narrow).status == 403)
        #expect(try await server.send("GET", "/api/admin/users", token: key).status == 200)
        #expect(try await run("users", "disable", "root@example.com").status == 0)
        let refused = try await run("whoami", with: remote)
        #expect(refused.status == 77 && refused.errors.contains("API key"))
        #expect(try await run("users", "enable", "root@example.com").status == 0)
        let audit = try await run("users", "audit", "root@example.com")
        for action in ["account.created", "apikey.created", "account.disabled", "account.enabled"] {
            #expect(audit.output.contains(action))
        }
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `a service signs in with a token of its own issuer`(on deployment: Deployment) async throws {
        let (folder, key) = (try TemporaryFolder(), P256.Signing.PrivateKey())
        let point = key.publicKey.x963Representation.dropFirst()
        let keys =
            #"{"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "k1", "#
            + #""x": "\#(base64URL(point.prefix(32)))", "y": "\#(base64URL(point.suffix(32)))"}]}"#
        let file = try folder.write(Array(keys.utf8), to: "keys.json")
        var environment = try await deployment.environment()
        environment["WAXWING_JWT_ISSUERS"] =
            #"[{"issuer": "https://build.example", "audience": "sounds", "jwks_file": "\#(file)"}]"#
        let server = try await TestServer(folder, environment: environment)
        func token(
            audience: String = "sounds", issuer: String = "https://build.example", by key: P256.Signing.PrivateKey
        ) throws -> String {
            let now = Int(Date().timeIntervalSince1970)
            let head = base64URL(Data(#"{"alg":"ES256","kid":"k1","typ":"JWT"}"#.utf8))
            let claims = base64URL(
                Data(
                    #"{"iss":"\#(issuer)","aud":"\#(audience)","sub":"builder","iat":\#(now),"exp":\#(now + 300),"scope":"library:read"}"#
                        .utf8))
            let signature = try key.signature(for: Data("\(head).\(claims)".utf8))
            return "\(head).\(claims).\(base64URL(signature.rawRepresentation))"
        }
        let caller = try json(try await server.send("GET", "/api/auth/session", token: token(by: key)).body)
        #expect(caller["role"] as? String == "service" && caller["scopes"] as? [String] == ["library:read"])
        #expect(try await server.send("GET", "/api/samples", token: token(by: key)).status == 200)
        #expect(try await server.send("GET", "/api/user", token: token(by: key)).status == 403)
        let again = try json(try await server.send("GET", "/api/auth/session", token: token(by: key)).body)
        #expect(again["user"] as? String == caller["user"] as? String)
        for bad in [
            try token(audience: "other", by: key), try token(by: P256.Signing.PrivateKey()),
            try token(issuer: "waxwing", by: key), try token(issuer: "https://evil.example", by: key),
        ] {
            #expect(try await server.send("GET", "/api/samples", token: bad).status == 401)
        }
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `keys rotate under the running service, and nobody is signed out`(on deployment: Deployment) async throws {
        let (folder, environment) = (try TemporaryFolder(), try await deployment.environment())
        let server = try await TestServer(folder, environment: environment)
        let token = try await server.signUp()
        func keyCount() async throws -> Int {
            let (_, body) = try await server.send("GET", "/.well-known/jwks.json")
            let set = try JSONSerialization.jsonObject(with: body) as? [String: Any]
            return try #require((set?["keys"] as? [Any])?.count)
        }
        #expect(try await keyCount() == 1)
        let rotated = try await Program.run(
            ["keys", "rotate", "signing"], environment: environment.merging(["WAXWING_DATA": server.data]) { $1 })
        #expect(rotated.status == 0, "\(rotated.errors)")
        while try await keyCount() < 2 {
            #expect(try await server.send("GET", "/api/user", token: token).status == 200)
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try await server.send("GET", "/api/user", token: token).status == 200)
        #expect(await server.stop() == 0)
    }

    @Test(
        arguments: [
            ["WAXWING_BYPASS_AUTH": "on"],
            ["WAXWING_BYPASS_AUTH": "on", "WAXWING_ENVIRONMENT": "development", "WAXWING_HOST": "0.0.0.0"],
            ["WAXWING_VERIFY_EMAIL": "on"], ["WAXWING_REGISTRATION": "perhaps"],
            ["WAXWING_ALLOWED_EMAILS": "nobody"], ["WAXWING_JWT_ISSUERS": "{}"], ["JWT_SECRET": "short"],
            ["WAXWING_OPENID_PROVIDERS": "[{}]", "WAXWING_URL": "https://sounds.example.com"],
            ["WAXWING_OPENID_PROVIDERS": #"[{"name": "google", "client_id": "a", "client_secret": "canary"}]"#],
            ["WAXWING_SMTP_URL": "smtps://user:canary@mail.example.com"],
            ["WAXWING_SMTP_URL": "ftp://user:canary@mail.example.com", "WAXWING_MAIL_FROM": "a@example.com"],
            ["WAXWING_ACCESS_TEAM": "team.cloudflareaccess.com"],
        ])
    func `a wrong setting stops the start with its name, and without its secrets`(
        _ settings: [String: String]
    ) async throws {
        let folder = try TemporaryFolder()
        let result = try await Program.run(
            ["serve"], environment: settings.merging(["PORT": "0", "WAXWING_DATA": folder.path]) { $1 })
        #expect(result.status != 0)
        #expect(settings.keys.contains { result.errors.contains($0) }, "\(result.errors)")
        #expect(!result.errors.contains("canary"))
    }

    @Test func `in development this machine needs no sign-in, and is told so`() async throws {
        let folder = try TemporaryFolder()
        let server = try await TestServer(
            folder, environment: ["WAXWING_BYPASS_AUTH": "on", "WAXWING_ENVIRONMENT": "development"])
        let caller = try json(try await server.send("GET", "/api/auth/session").body)
        #expect(caller["method"] as? String == "development")
        while try !server.program.output().contains("WARNING") { try await Task.sleep(for: .milliseconds(20)) }
        #expect(await server.stop() == 0)
    }

    private func base64URL(_ data: some DataProtocol) -> String {
        Data(data).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
