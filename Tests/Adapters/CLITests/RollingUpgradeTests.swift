import Foundation
import StorageTestKit
import Testing

/// An earlier program at work while this one takes over. It needs the program itself, which is not kept here.
@Suite(
    .enabled(
        if: EarlierProgram.path != nil && Release.hasSounds,
        "set TEST_EARLIER_PROGRAM to the waxwing of the last release, and TEST_EARLIER_RELEASE to its name in Tests/Fixtures/Upgrade"
    ))
struct RollingUpgradeTests {
    @Test(.timeLimit(.minutes(20)))
    func `a worker of the release before goes on when the database is brought up to date, and then makes room`()
        async throws
    {
        let earlier = try #require(EarlierProgram.path)
        let old = try await OldInstallation(EarlierProgram.release)
        let log = "\(old.folder.path)/earlier"
        var environment = old.environment
        environment["WAXWING_WORKERS"] = "1"
        environment["WAXWING_PLANS"] = try old.folder.write(
            try await OldInstallation.plans(by: earlier), to: "earlier.json")
        let worker = try Program.start(
            ["worker"], environment: environment, by: earlier, output: "\(log).out", errors: "\(log).log")
        defer { if worker.isRunning { kill(worker.processIdentifier, SIGKILL) } }
        // By its log it is at work.
        while try !String(contentsOfFile: "\(log).log", encoding: .utf8).contains("analyze-upload") {
            try #require(worker.isRunning)
            try await Task.sleep(for: .milliseconds(50))
        }
        try await old.run("db", "migrate")

        let server = try await TestServer(
            old.folder, environment: old.environment.merging(["WAXWING_WORKERS": "0"]) { $1 })
        let token = try await old.signIn(try old.person("bea"), at: server)
        for name in ["zap01.ogg", "kick02.ogg"] {
            let sound = try old.release.sound(name)
            let job = try #require(try await server.upload(sound, named: name, token: token))
            #expect(try await server.finished(job, token: token)["status"] as? String == "completed")
        }
        // What it does not know waits for a worker that does.
        let path = "/api/samples/\(try old.kick())/analyze"
        let asked = try await server.send("POST", path, token: token, Array("{}".utf8))
        let answer = try JSONSerialization.jsonObject(with: asked.body) as? [String: Any]
        let job = try #require((answer?["data"] as? [String: Any])?["job_id"] as? String)
        #expect(worker.isRunning)
        kill(worker.processIdentifier, SIGTERM)
        #expect(await worker.end() == 0)
        let next = try TestWorker(old.folder, environment: old.environment.merging(["WAXWING_WORKERS": "1"]) { $1 })
        #expect(try await server.finished(job, token: token)["status"] as? String == "completed")
        try await old.isWhole()
        // Who comes back too late is told.
        let late = try await Program.run(["worker"], environment: environment, by: earlier)
        #expect(late.status == 1 && late.errors.contains("run the newer program"), "\(late.errors)")
        #expect(await next.stop() == 0)
        #expect(await server.stop() == 0)
    }
}

enum EarlierProgram {
    static let path = variable("PROGRAM")
    static let release = variable("RELEASE") ?? Release.names.last ?? ""

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment["TEST_EARLIER_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
    }
}
