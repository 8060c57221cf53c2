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
        ["WAXWING_PAYMENTS": "development"],
        ["WAXWING_PAYMENTS": "development", "WAXWING_ENVIRONMENT": "production"],
        ["WAXWING_PAYMENTS": "development", "WAXWING_ENVIRONMENT": "development", "WAXWING_HOST": "0.0.0.0"],
    ])
    func `nobody pays in development alone, and where nobody else reaches the server`(
        environment: [String: String]
    ) async throws {
        let errors = try await refusal(environment)
        #expect(errors.contains("WAXWING_PAYMENTS=development gives everybody every plan"), "\(errors)")
    }

    @Test(arguments: [
        (["STRIPE_KEY": "sk_test_hunter2"], "STRIPE_KEY needs STRIPE_WEBHOOK_SECRET"),
        (["STRIPE_WEBHOOK_SECRET": "whsec_hunter2"], "STRIPE_WEBHOOK_SECRET is set, but not STRIPE_KEY"),
        (["STRIPE_KEY": "pk_test_hunter2", "STRIPE_WEBHOOK_SECRET": "whsec_1"], "begins with 'sk_' or 'rk_'"),
        (
            [
                "STRIPE_KEY": "sk_test_hunter2", "STRIPE_WEBHOOK_SECRET": "whsec_1",
                "STRIPE_API_BASE": "http://192.0.2.7",
            ],
            "may be http only on this machine"
        ),
        (
            ["STRIPE_KEY": "sk_test_hunter2", "STRIPE_WEBHOOK_SECRET": "whsec_1", "WAXWING_PAYMENTS": "development"],
            "exclude each other"
        ),
    ])
    func `a wrong setting of payments stops the start, and is not shown`(
        environment: [String: String], words: String
    ) async throws {
        let errors = try await refusal(environment)
        #expect(errors.contains(words) && !errors.contains("hunter2"), "\(errors)")
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

    @Test(arguments: [
        ("*", "name each site"), ("https://*.example.com", "name each site"), ("https://app.example.com/", "no origin"),
        ("app.example.com", "no origin"),
    ])
    func `other sites are named one by one, or the server does not start`(list: String, reason: String) async throws {
        let errors = try await refusal(["WAXWING_CORS_ORIGINS": list])
        #expect(errors.contains("WAXWING_CORS_ORIGINS: ") && errors.contains(reason), "\(errors)")
    }

    @Test(arguments: [
        (["WAXWING_TLS_CERTIFICATE": "/nowhere"], "needs WAXWING_TLS_KEY"),
        (["WAXWING_TLS_KEY": "/nowhere"], "needs WAXWING_TLS_CERTIFICATE"),
        (
            ["WAXWING_TLS_CERTIFICATE": "/nowhere", "WAXWING_TLS_KEY": "/nowhere"],
            "there is no PEM certificate to be read in '/nowhere'"
        ),
        (["WAXWING_CONNECTIONS": "3"], "WAXWING_CONNECTIONS is '3'"),
        (["WAXWING_CONNECTIONS_PER_ADDRESS": "many"], "WAXWING_CONNECTIONS_PER_ADDRESS is 'many'"),
    ])
    func `what the server cannot listen with is refused`(environment: [String: String], words: String) async throws {
        let errors = try await refusal(environment)
        #expect(errors.contains(words), "\(errors)")
    }

    @Test func `an endpoint without a bucket is a mistake, a bucket for other programs is not ours`() async throws {
        let errors = try await refusal(["S3_ENDPOINT": "http://127.0.0.1:1"])
        #expect(errors.contains("S3_BUCKET"), "\(errors)")
        let server = try await TestServer(folder, environment: ["AWS_BUCKET": "logs-of-others"])
        #expect(await server.stop() == 0)
    }

    @Test(arguments: Deployment.single)
    func `neither server nor worker starts on other objects than those of its rows`(
        on deployment: Deployment
    ) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(folder, environment: environment)
        #expect(await server.stop() == 0)
        var wrong = environment
        switch deployment {
        case .embedded: try FileManager.default.removeItem(atPath: "\(server.data)/store")
        case .shared, .several: wrong["S3_BUCKET"] = ""
        }
        wrong["S3_ENDPOINT"] = ""
        #expect(try await refusal(wrong).contains("the store does not hold the objects of this database"))
        let worker = try await Program.run("worker", environment: ["WAXWING_DATA": server.data].merging(wrong) { $1 })
        #expect(worker.status == 1 && worker.errors.contains("S3_BUCKET"), "\(worker.errors)")
        let orphans = try await Program.run(
            "store", "orphans", "--remove", environment: ["WAXWING_DATA": server.data].merging(wrong) { $1 })
        #expect(orphans.status == 1 && orphans.errors.contains("S3_BUCKET"), "\(orphans.errors)")
        if deployment == .shared {
            // Other rows with the bucket of the first.
            var other = try await deployment.environment()
            other["S3_BUCKET"] = environment["S3_BUCKET"]
            #expect(try await refusal(other).contains("another installation"))
        }
    }

    @Test(arguments: [
        (["OPENROUTER_API_KEY": "sk-or-hunter2", "CLAUDE_API_KEY": "sk-ant-hunter2"], "unset one"),
        (["OPENROUTER_API_KEY": "sk hunter2 with spaces"], "OPENROUTER_API_KEY"),
        (["CLAUDE_API_KEY": "hunter2"], "CLAUDE_API_KEY"),
        (
            ["OPENROUTER_API_KEY": "sk-or-hunter2", "WAXWING_AI_URL": "http://192.0.2.7/v1"],
            "http only on this machine"
        ),
        (["WAXWING_AI_URL": "https://ada:hunter2@models.example.com/v1"], "WAXWING_AI_URL"),
        (["WAXWING_AI_MODEL": "qwen/qwen3-7b"], "no model can be asked"),
        (["CLAUDE_API_KEY": "sk-ant-hunter2", "WAXWING_AI_MODEL": "two words"], "WAXWING_AI_MODEL is 'two words'"),
        (["WAXWING_FETCH_URLS": "yes"], "WAXWING_FETCH_URLS is 'yes', but must be 'on' or 'off'"),
    ])
    func `a wrong setting of models or of fetching stops the start, and is not shown`(
        environment: [String: String], words: String
    ) async throws {
        let errors = try await refusal(environment)
        #expect(errors.contains(words) && !errors.contains("hunter2"), "\(errors)")
    }
}
