import Foundation
import StorageTestKit
import Testing

/// People sign in to the running service with a real browser, and pay, as `signin.py` and `billing.py` of `Tests/Browser` say.
///
/// Over http browsers keep the session's cookie, which is `Secure`, only from this machine itself: Chromium from
/// `http://127.0.0.1` and from `http://localhost`. Both are used here.
@Suite(
    .enabled(if: Browser.python != nil, "set TEST_BROWSER (Scripts/browser.sh) to sign in with a browser"))
struct BrowserTests {
    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `somebody makes an account, signs in with its password and out again`(
        on deployment: Deployment
    ) async throws {
        let server = try await TestServer(try TemporaryFolder(), environment: try await deployment.environment())
        try await Browser.expect("password", at: "http://127.0.0.1:\(server.port)")
        #expect(await server.stop() == 0)
    }

    @Test(
        .enabled(
            if: Browser.issuer != nil,
            "set TEST_OIDC_ISSUER (Scripts/oidc-server.sh start DIR) to sign in with a provider in a browser"),
        .timeLimit(.minutes(30)), arguments: Deployment.single)
    func `somebody signs in with a provider, and comes back to where they wanted to be`(
        on deployment: Deployment
    ) async throws {
        let (folder, issuer) = (try TemporaryFolder(), try #require(Browser.issuer))
        var environment = try await deployment.environment()
        // The provider sends the browser back to an address that the server is told before it starts.
        let front = try await Balancer()
        let address = "http://localhost:\(front.port)"
        environment["WAXWING_URL"] = address
        environment["WAXWING_OPENID_PROVIDERS"] =
            #"[{"name": "mock", "label": "Mock", "issuer": "\#(issuer)", "client_id": "waxwing", "client_secret": "of tests"}]"#
        let server = try await TestServer(folder, environment: environment)
        front.lead(to: [server.port])
        try await Browser.expect("openid", at: address, issuer)
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `scripts that are typed do not run, and pages of other sites change nothing`(
        on deployment: Deployment
    ) async throws {
        let server = try await TestServer(try TemporaryFolder(), environment: try await deployment.environment())
        try await Browser.expect("defence", at: "http://127.0.0.1:\(server.port)")
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `somebody subscribes, cancels, goes on and changes the plan, and no other site does`(
        on deployment: Deployment
    ) async throws {
        let folder = try TemporaryFolder()
        var environment = try await deployment.environment()
        environment["WAXWING_PAYMENTS"] = "development"
        environment["WAXWING_ENVIRONMENT"] = "development"
        environment["WAXWING_PLANS"] = try folder.write(Array(BilledService.plans().utf8), to: "plans.json")
        let server = try await TestServer(folder, environment: environment)
        try await Browser.run("billing.py", ["http://127.0.0.1:\(server.port)"])
        #expect(await server.stop() == 0)
    }
}

/// Chromium, driven by a script.
enum Browser {
    /// Which can import `playwright`.
    static let python = variable("TEST_BROWSER")
    static let issuer = variable("TEST_OIDC_ISSUER")

    /// - Parameter way: one of the script's.
    static func expect(_ way: String, at server: String, _ more: String...) async throws {
        try await run("signin.py", [way, server] + more)
    }

    static func run(_ name: String, _ arguments: [String]) async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Browser/\(name)")
        let result = try await Program.run(
            [script.path] + arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"], by: try #require(python))
        #expect(result.status == 0, "\(result.errors)")
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
