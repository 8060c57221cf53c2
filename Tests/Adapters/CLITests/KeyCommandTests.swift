import Foundation
import StorageTestKit
import Testing

/// Rotating keys under a running server, as an operator does it.
@Suite struct KeyCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private struct Key: Decodable {
        let use, id, algorithm, state: String
    }

    private func keys(_ result: Program.Result) throws -> [Key] {
        #expect(result.status == 0, "\(result.errors)")
        return try JSONDecoder().decode([Key].self, from: Data(result.output.utf8))
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `keys are rotated while a server runs, and whoever is signed in stays so`(
        on deployment: Deployment
    ) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(folder, environment: environment)
        func run(_ arguments: String..., with more: [String: String] = [:]) async throws -> Program.Result {
            try await Program.run(
                arguments,
                environment: ["WAXWING_DATA": server.data].merging(environment) { $1 }.merging(more) { $1 })
        }
        let token = try await server.signUp()
        let before = try keys(try await run("keys", "ls", "--json"))
        #expect(before.map(\.use) == ["signing", "link", "refresh", "webhook"])
        #expect(before.allSatisfy { $0.state == "signs" } && before[0].algorithm == "ES256")

        let began = ContinuousClock.now
        let rotated = try await run("keys", "rotate")
        #expect(rotated.status == 0 && rotated.output.contains("signing: "), "\(rotated.errors)")
        let after = try keys(try await run("keys", "ls", "--json"))
        // After a minute the next one signs.
        let states = after.map(\.state)
        #expect(
            states == Array(repeating: ["next", "signs"], count: 4).flatMap { $0 }
                || began.duration(to: .now) >= .seconds(60))
        #expect(try await server.get("/api/user", token: token)["data"] != nil)

        let table = try await run("keys", "ls")
        #expect(table.output.contains(after[0].id) && table.output.contains("ACCEPTED UNTIL"))
        let shown = table.output + rotated.output
        if let file = try? String(contentsOfFile: "\(server.data)/keys.json", encoding: .utf8) {
            for part in file.split(separator: "\"secret\" : \"").dropFirst() {
                #expect(!shown.contains(part.prefix { $0 != "\"" }), "no secret is shown")
            }
        }
        let leaked = try keys(try await run("keys", "rotate", "signing", "--now", "--json"))
        #expect(leaked.filter { $0.use == "signing" }.map(\.state) == ["signs"])
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30))) func `what cannot be rotated is said in a sentence`() async throws {
        let server = try await TestServer(folder)
        func run(_ arguments: String..., with more: [String: String] = [:]) async throws -> Program.Result {
            try await Program.run(arguments, environment: ["WAXWING_DATA": server.data].merging(more) { $1 })
        }
        let secret = ["JWT_SECRET": String(repeating: "a secret of tests ", count: 2)]
        let brought = try await run("keys", "rotate", "signing", with: secret)
        #expect(brought.status != 0 && brought.errors.contains("not ours to rotate"))
        let others = try await run("keys", "rotate", with: secret)
        #expect(others.status == 0 && others.output.contains("JWT_SECRET signs the access tokens"))
        let listed = try keys(try await run("keys", "ls", "--json", with: secret))
        #expect(listed.filter { $0.use == "signing" }.map(\.state) == ["unused"])
        #expect(try await run("keys", "ls", with: ["JWT_SECRET": "short"]).errors.contains("shorter than 32 bytes"))
        #expect(try await run("keys", "rotate", "link", "--algorithm", "ES256").errors.contains("'signing' alone"))
        #expect(try await run("keys", "rotate", "passwords").status != 0)
        #expect(try await run("keys", "reseal").errors.contains("only with DATABASE_URL"))
        let elsewhere = try await run("keys", "ls", with: ["WAXWING_DATA": "\(folder.path)/nothing"])
        #expect(elsewhere.status != 0 && elsewhere.errors.contains("no database in the data folder"))
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), .enabled(if: Deployment.hasServers, Deployment.hint))
    func `keys are sealed by another secret, and the servers started with it go on`() async throws {
        var environment = try await Deployment.shared.environment()
        var server = try await TestServer(folder, environment: environment)
        environment["WAXWING_DATA"] = server.data
        let token = try await server.signUp()
        #expect(await server.stop() == 0)
        let missing = try await Program.run("keys", "reseal", environment: environment)
        #expect(missing.status != 0 && missing.errors.contains("WAXWING_NEW_SECRET"))
        let secret = String(repeating: "another secret ", count: 3)
        let new = environment.merging(["WAXWING_NEW_SECRET": secret]) { $1 }
        let sealed = try await Program.run("keys", "reseal", environment: new)
        #expect(sealed.status == 0 && !sealed.output.contains(secret), "\(sealed.errors)")
        let old = try await Program.run("keys", "ls", environment: environment)
        #expect(old.status != 0 && old.errors.contains("WAXWING_SECRET does not open"))
        environment["WAXWING_SECRET"] = secret
        server = try await TestServer(folder, environment: environment)
        #expect(try await server.get("/api/user", token: token)["data"] != nil)
        #expect(await server.stop() == 0)
    }
}
