import Foundation
import StorageTestKit
import Testing

/// Two servers and three workers, each in a folder of its own as on a machine of its own, with nothing between them but a
/// PostgreSQL database and a bucket.
@Suite(.enabled(if: Deployment.hasServers, Deployment.hint))
struct SeveralMachinesTests {
    private let environment: [String: String]

    init() async throws {
        environment = try await Deployment.shared.environment()
    }

    private func server() async throws -> TestServer {
        try await TestServer(try TemporaryFolder(), environment: environment.merging(["WAXWING_WORKERS": "0"]) { $1 })
    }

    private func worker() throws -> TestWorker {
        try TestWorker(try TemporaryFolder(), environment: environment.merging(["WAXWING_WORKERS": "1"]) { $1 })
    }

    @Test(.timeLimit(.minutes(30)))
    func `a client finds the same service at each server, and goes on when a worker dies and a server stops`()
        async throws
    {
        let (one, two) = (try await server(), try await server())
        let workers = try (0..<3).map { _ in try worker() }
        // Registered here, known there.
        let token = try await one.signUp()
        let listener = EventListener()
        try listener.follow(one, token: token)
        _ = try await listener.wait(for: 1, "hello")

        // Begun at one server, sent to the bucket, looked at and confirmed at the other.
        let sound = Sound.kicks(seconds: 2)
        let upload = try await two.beginUpload(of: sound, named: "first.wav", token: token)
        let link = try #require((upload["links"] as? [[String: Any]])?.first)
        try await TestServer.send(sound, by: link)
        let id = try #require(upload["upload_id"] as? String)
        _ = try await one.get("/api/uploads/\(id)", token: token)
        let first = try await one.confirmUpload(id, token: token)
        let done = try await two.finished(first, token: token)
        #expect(done["status"] as? String == "completed")
        let told = try await listener.wait(for: 1, "job.completed")
        #expect(told.contains { $0.kind == "sample.added" && $0.data["sample_id"] == done["sample_id"] as? String })
        try await expectTheSame(at: one, two, "/api/samples", token)
        let sample = try #require(done["sample_id"] as? String)
        let changed = try await two.send(
            "PATCH", "/api/samples/\(sample)", token: token, Array(#"{"tags": ["warm"]}"#.utf8))
        #expect(changed.status == 200)
        try await expectTheSame(at: one, two, "/api/samples/\(sample)", token)

        // A worker dies at its work, and a server stops while others are at theirs.
        let song = Sound.kicks(bpm: 128, seconds: 30, rate: 44_100)
        var jobs = [first]
        for number in 1...8 {
            let server = number.isMultiple(of: 2) ? one : two
            jobs.append(try #require(try await server.upload(song, named: "\(number).wav", token: token)))
        }
        while true {
            let states = try await two.all("/api/jobs", token: token).compactMap { $0["status"] as? String }
            if states.contains("processing") { break }
            // They may all have been done between two looks.
            if !states.contains("pending") {
                jobs.append(try #require(try await two.upload(song, named: "\(jobs.count).wav", token: token)))
            }
        }
        await workers[0].crash()
        #expect(await one.stop() == 0)
        let limit = ContinuousClock.now + .seconds(300)
        while !listener.hasEnded {
            try #require(ContinuousClock.now < limit, "the stream goes on without its server")
            try await Task.sleep(for: .milliseconds(20))
        }

        // The client goes on at the other one, from the last event that it has seen.
        let seen = listener.events()
        let completed = seen.count { $0.kind == "job.completed" }
        let next = EventListener()
        try next.follow(two, token: token, after: try #require(seen.last?.number))
        let rest = try await next.wait(for: jobs.count - completed, "job.completed").filter { $0.kind != "hello" }
        let numbers = (seen.filter { $0.kind != "hello" } + rest).map(\.number)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 + 1 == $1 }, "\(numbers)")
        for job in jobs {
            #expect(try await two.finished(job, token: token)["status"] as? String == "completed")
        }
        let samples = try await two.all("/api/samples", token: token)
        #expect(Set(samples.compactMap { $0["id"] as? String }).count == jobs.count && samples.count == jobs.count)
        let audio = try await two.send("GET", "/api/samples/\(sample)/audio", token: token)
        #expect(Array(audio.body) == sound)
        let verified = try await Program.run(["usage", "verify"], environment: environment)
        #expect(verified.status == 0, "\(verified.errors)")
        #expect(await workers[1].stop() == 0)
        #expect(await workers[2].stop() == 0)
        #expect(await two.stop() == 0)
    }

    private func expectTheSame(at one: TestServer, _ two: TestServer, _ path: String, _ token: String) async throws {
        let here = try JSONSerialization.text(of: try await one.get(path, token: token)["data"])
        let there = try JSONSerialization.text(of: try await two.get(path, token: token)["data"])
        #expect(here.contains("\"id\"") && here == there, "\(path)")
    }
}
