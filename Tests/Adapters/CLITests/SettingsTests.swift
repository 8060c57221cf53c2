import Foundation
import StorageTestKit
import Testing

/// What the environment may say, and what is answered when it says something else.
@Suite struct SettingsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The errors of a server that does not start.
    private func refusal(_ environment: [String: String]) async throws -> String {
        let program = try RunningProgram("serve", in: folder, environment: ["PORT": "0"].merging(environment) { $1 })
        while program.isRunning, try program.output().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        #expect(!program.isRunning, "the server started")
        return try program.log()
    }

    @Test(arguments: [
        "https://ada:hunter2@sounds.example.com", "https://sounds.example.com/hunter2", "hunter2.example.com",
        "https://sounds.example.com?hunter2", "ftp://hunter2",
    ])
    func `an address of anything but a host is refused, and not shown`(url: String) async throws {
        let errors = try await refusal(["WAXWING_URL": url])
        #expect(errors.contains("WAXWING_URL must be") && !errors.contains("hunter2"), "\(errors)")
    }

    @Test(arguments: [
        ("WAXWING_TRUSTED_PROXIES", "everybody"), ("WAXWING_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("WAXWING_TRUSTED_PROXIES", "10.0.0.0/8,"), ("WAXWING_PROXY_HEADER", "X-Real-IP"),
    ])
    func `proxies that are no networks, and headers that prove nothing, are refused`(
        name: String, value: String
    ) async throws {
        let errors = try await refusal([name: value])
        #expect(errors.contains("\(name) is '\(value)'"), "\(errors)")
    }

    @Test func `an endpoint without a bucket is a mistake, a bucket for other programs is not ours`() async throws {
        let errors = try await refusal(["S3_ENDPOINT": "http://127.0.0.1:1"])
        #expect(errors.contains("S3_BUCKET"), "\(errors)")
        let server = try await TestServer(folder, environment: ["AWS_BUCKET": "logs-of-others"])
        #expect(server.stop() == 0)
    }

    @Test(arguments: Deployment.testable)
    func `neither server nor worker starts on other objects than those of its rows`(
        on deployment: Deployment
    ) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(folder, environment: environment)
        #expect(server.stop() == 0)
        var wrong = environment
        switch deployment {
        case .embedded: try FileManager.default.removeItem(atPath: "\(server.data)/store")
        case .shared: wrong["S3_BUCKET"] = ""
        }
        wrong["S3_ENDPOINT"] = ""
        #expect(try await refusal(wrong).contains("the store does not hold the objects of this database"))
        let worker = try await Program.run("worker", environment: ["WAXWING_DATA": server.data].merging(wrong) { $1 })
        #expect(worker.status == 1 && worker.errors.contains("S3_BUCKET"), "\(worker.errors)")
        let orphans = try await Program.run(
            "objects", "orphans", "--remove", environment: ["WAXWING_DATA": server.data].merging(wrong) { $1 })
        #expect(orphans.status == 1 && orphans.errors.contains("S3_BUCKET"), "\(orphans.errors)")
        if deployment == .shared {
            // Other rows with the bucket of the first.
            var other = try await deployment.environment()
            other["S3_BUCKET"] = environment["S3_BUCKET"]
            #expect(try await refusal(other).contains("another installation"))
        }
    }
}
