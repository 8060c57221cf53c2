import Foundation
import StorageTestKit
import Testing

/// Programs of others that know the service from `/openapi.json` alone (`Tests/Clients`).
@Suite(
    .enabled(if: APIClients.python != nil, "set TEST_API_CLIENTS (Scripts/api-clients.sh) to try clients of others"))
struct APIClientTests {
    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `a client that a generator wrote does what people do`(on deployment: Deployment) async throws {
        let folder = try TemporaryFolder()
        let server = try await TestServer(folder, environment: try await deployment.environment())
        let sound = try folder.write(Sound.kicks(), to: "loop.wav")
        let result = try await Program.run(
            [APIClients.file("main_flow.py"), "http://127.0.0.1:\(server.port)", sound, folder.path],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"], by: try #require(APIClients.python))
        #expect(result.status == 0, "\(result.errors)")
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)))
    func `of requests that are made up none makes the server fail, or answer otherwise than described`() async throws {
        let folder = try TemporaryFolder()
        let server = try await TestServer(
            folder, environment: ["WAXWING_PAYMENTS": "development", "WAXWING_ENVIRONMENT": "development"])
        let token = try await server.signUp()
        let result = try await Program.run(
            [
                "-m", "schemathesis.cli", "--config-file", APIClients.file("schemathesis.toml"), "run",
                "http://127.0.0.1:\(server.port)/openapi.json", "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth",
                "--max-time", "60", "--seed", "1", "--continue-on-failure", "--warnings", "off",
                "--request-timeout", "600", "--wait-for-schema", "600",
            ],
            environment: ["API_TOKEN": token, "NO_COLOR": "1"], by: try #require(APIClients.python), in: folder.path)
        #expect(result.status == 0, "\(result.output.suffix(6000))\(result.errors.suffix(2000))")
        #expect(await server.stop() == 0)
    }
}

enum APIClients {
    /// Which can import `schemathesis`.
    static let python = ProcessInfo.processInfo.environment["TEST_API_CLIENTS"].flatMap { $0.isEmpty ? nil : $0 }

    static func file(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Clients/\(name)")
            .standardizedFileURL
            .path
    }
}
