import Foundation
import StorageTestKit
import Testing
import WaxwingService

@testable import waxwing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What somebody sees who watches over a service, beside its server.
@Suite struct WatchingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(.timeLimit(.minutes(20)))
    func `a worker tells its metrics where it is told to, and a taken port by the setting's name`() async throws {
        let worker = try RunningProgram("worker", in: folder, environment: ["WAXWING_METRICS_PORT": "0"])
        var url: URL?
        while url == nil {
            let log = try worker.log()
            try #require(worker.isRunning, "\(log)")
            url = try worker.output().firstMatch(of: #/http://127\.0\.0\.1:\d+/metrics\n/#).flatMap {
                URL(string: String($0.0.dropLast()))
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let address = try #require(url)
        let (body, _) = try await URLSession(configuration: .ephemeral).data(
            for: URLRequest(url: address, timeoutInterval: 600))
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.contains(#"waxwing_up{part="storage"} 1"#) && text.contains("waxwing_build_info{version="))
        let port = try #require(address.port)
        let other = try await Program.run(
            "worker", environment: ["WAXWING_DATA": worker.data, "WAXWING_METRICS_PORT": "\(port)"])
        #expect(other.status != 0 && other.errors.contains("WAXWING_METRICS_PORT"), "\(other.errors)")
        #expect(await worker.end(SIGTERM) == 0)
    }

    @Test(.timeLimit(.minutes(20)))
    func `the doctor knows when there was a backup`() async throws {
        let server = try await TestServer(folder)
        let environment = ["WAXWING_DATA": server.data]
        let before = try await Program.run("doctor", environment: environment)
        #expect(before.output.contains(/ok +backup +none yet/), "\(before.output)")
        let backup = try await Program.run("backup", "\(folder.path)/backup", environment: environment)
        #expect(backup.status == 0 && backup.errors.isEmpty, "\(backup.errors)")
        let after = try await Program.run("doctor", environment: environment)
        #expect(after.output.contains(/ok +backup +the last one is 0 days old/), "\(after.output)")
        #expect(await server.stop() == 0)
    }

    @Test func `a backup of long ago is a warning, and so is none after a week`() {
        let (week, more) = (Duration.seconds(7 * 86_400), Duration.seconds(8 * 86_400))
        let cases: [(BackupRecord.Standing, Finding.State, String)] = [
            (.kept(week), .ok, "the last one is 7 days old"), (.kept(more), .warning, "the last one is 8 days old"),
            (.never(since: week), .ok, "none yet"), (.never(since: more), .warning, "there was none"),
        ]
        for (standing, state, words) in cases {
            let finding = Doctor.finding(standing)
            #expect(finding.state == state && finding.found.contains(words), "\(finding)")
            #expect((finding.remedy == nil) == (state == .ok))
        }
    }
}
