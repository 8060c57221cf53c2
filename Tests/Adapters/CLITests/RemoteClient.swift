import Foundation
import StorageTestKit
import Testing

/// Somebody with an API key at a server under test, and settings of their own.
struct RemoteClient {
    let server: TestServer
    let folder: TemporaryFolder
    let key: String
    let environment: [String: String]

    /// - Parameter deployment: what the server was started with.
    init(_ server: TestServer, in folder: TemporaryFolder, deployment: [String: String]) async throws {
        let operating = deployment.merging(["WAXWING_DATA": server.data]) { $1 }
        let made = try await Program.run(
            "users", "create", "ada@example.com", "--no-password", environment: operating)
        #expect(made.status == 0, "\(made.errors)")
        let key = try await Program.run("users", "key", "ada@example.com", "--name", "test", environment: operating)
        self.key = key.output.trimmingCharacters(in: .whitespacesAndNewlines)
        (self.server, self.folder) = (server, folder)
        environment = [
            "WAXWING_SERVER": "http://127.0.0.1:\(server.port)", "WAXWING_API_KEY": self.key,
            "XDG_CONFIG_HOME": "\(folder.path)/config", "XDG_STATE_HOME": "\(folder.path)/state",
        ]
    }

    func run(_ arguments: String...) async throws -> Program.Result {
        try await Program.run(arguments, environment: environment)
    }

    /// A run that is not waited for.
    func start(_ arguments: String...) throws -> Process {
        try Program.start(
            arguments, environment: environment, output: "\(folder.path)/out", errors: "\(folder.path)/errors")
    }

    /// What the last such run has said.
    var errors: String { (try? String(contentsOfFile: "\(folder.path)/errors", encoding: .utf8)) ?? "" }

    func samples() async throws -> [[String: Any]] { try await server.all("/api/samples", token: key) }

    /// The bytes of all samples.
    func contents() async throws -> [Data] {
        var contents: [Data] = []
        for sample in try await samples() {
            let id = try #require(sample["id"] as? String)
            contents.append(try await server.send("GET", "/api/samples/\(id)/audio", token: key).body)
        }
        return contents
    }

    func list(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}

extension TemporaryFolder {
    /// The bytes of all files below a folder that are not hidden.
    func files(below name: String) throws -> [String: Data] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: "\(path)/\(name)")
        let shown = paths.filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
        return Dictionary(
            uniqueKeysWithValues: shown.compactMap { file in
                FileManager.default.contents(atPath: "\(path)/\(name)/\(file)").map { (file, $0) }
            })
    }
}
