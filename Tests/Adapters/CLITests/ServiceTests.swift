import Foundation
import StorageTestKit
import Testing

/// The whole service, in its own process, as an operator runs it.
@Suite struct ServiceTests {
    @Test(.enabled(if: Deployment.hasServers, Deployment.hint))
    func `a PostgreSQL database and a bucket are tested too, also with several machines`() {
        #expect(Deployment.testable == [.embedded, .shared, .several])
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `real audio goes in over HTTP, and a crash in the middle of its job loses nothing`(
        on deployment: Deployment
    ) async throws {
        let (folder, environment) = (try TemporaryFolder(), try await deployment.environment())
        var server = try await TestServer(folder, environment: environment)
        let token = try await server.signUp()
        let song = Sound.kicks(bpm: 128, seconds: 60, rate: 44_100, channels: 2)
        // One that is done before it was seen at work is no proof: then another.
        var (jobs, status): ([String], String?) = ([], nil)
        while status != "processing" {
            let job = try #require(try await server.upload(song, named: "song.wav", token: token))
            jobs.append(job)
            repeat { status = try await server.job(job, token: token)["status"] as? String } while status == "pending"
        }
        await server.crash()

        server = try await TestServer(folder, environment: environment)
        var done: [String: Any] = [:]
        for job in jobs {
            done = try await server.finished(job, token: token)
            #expect(done["status"] as? String == "completed")
            #expect(done["attempts"] as? Int == 1, "a lost lease spends no attempt")
        }
        let samples = try await server.all("/api/samples", token: token)
        #expect(samples.count == jobs.count)
        let sample = try #require(samples.first { $0["id"] as? String == done["sample_id"] as? String })
        let features = try #require(sample["audio_features"] as? [String: Any])
        #expect(features["kind"] as? String == "song")
        // Bare kicks do not say which octave of the tempo is meant.
        let octaves = try log2(#require(features["bpm"] as? Double) / 128)
        #expect(abs(octaves - octaves.rounded()) < 0.001)
        let audio = try await server.send("GET", "/api/samples/\(sample["id"] ?? "")/audio", token: token)
        #expect(Array(audio.body) == song)
        #expect(try await quota(server, token) == Quota(uploads: jobs.count, bytes: jobs.count * song.count, held: 0))
        #expect(await server.stop() == 0)
    }

    @Test(arguments: Deployment.testable)
    func `what was queued when the service was stopped is done after the next start`(
        on deployment: Deployment
    ) async throws {
        let (folder, environment) = (try TemporaryFolder(), try await deployment.environment())
        var server = try await TestServer(folder, environment: environment.merging(["WAXWING_WORKERS": "0"]) { $1 })
        let token = try await server.signUp()
        let job = try #require(try await server.upload(Sound.kicks(seconds: 1), named: "a.wav", token: token))
        #expect(await server.stop() == 0)
        server = try await TestServer(folder, environment: environment)
        #expect(try await server.finished(job, token: token)["status"] as? String == "completed")
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `uploads from many clients survive five crashes, and the quota is exact`(
        on deployment: Deployment
    ) async throws {
        let (folder, environment) = (try TemporaryFolder(), try await deployment.environment())
        let sound = Sound.kicks(seconds: 0.2)
        let total = 40
        var server = try await TestServer(folder, environment: environment)
        let token = try await server.signUp()
        var accepted: Set<String> = []
        for _ in 0..<5 {
            let running = server
            async let uploads = withTaskGroup(of: String?.self) { group in
                for number in 0..<10 {
                    group.addTask { try? await running.upload(sound, named: "\(number).wav", token: token) }
                }
                return await group.reduce(into: Set<String>()) { if let job = $1 { $0.insert(job) } }
            }
            try await Task.sleep(for: .milliseconds(.random(in: 5...150)))
            await server.crash()
            accepted.formUnion(await uploads)
            server = try await TestServer(folder, environment: environment)
        }
        while accepted.count < total {
            accepted.insert(try #require(try await server.upload(sound, named: "more.wav", token: token)))
        }
        for job in accepted {
            #expect(try await server.finished(job, token: token)["status"] as? String == "completed")
        }
        // An upload may be accepted and its answer lost with the crash: it is there then, and counted.
        for job in try await server.all("/api/jobs", token: token) {
            _ = try await server.finished(try #require(job["id"] as? String), token: token)
        }
        let samples = try await server.all("/api/samples", token: token)
        let jobs = try await server.all("/api/jobs", token: token)
        #expect(Set(samples.compactMap { $0["id"] as? String }).count == samples.count)
        #expect(samples.count == jobs.count && samples.count >= total)
        let quota = try await quota(server, token)
        #expect(quota.uploads == samples.count && quota.bytes == samples.count * sound.count)
        #expect(await server.stop() == 0)
        if deployment == .embedded {
            // Beside other servers, what an interrupted upload held is given back when its time is over.
            #expect(quota.held == 0)
            let left = try FileManager.default.subpathsOfDirectory(atPath: "\(server.data)/store")
            #expect(left.count { $0.hasPrefix("tmp/") } == 0)
        }
    }

    @Test(.enabled(if: Deployment.hasServers, Deployment.hint), .timeLimit(.minutes(30)))
    func `two servers and three workers share the work, and one of each may die`() async throws {
        let environment = try await Deployment.shared.environment()
        let idle = environment.merging(["WAXWING_WORKERS": "0"]) { $1 }
        // Each in a folder of its own, as on a machine of its own.
        let folders = try (0..<5).map { _ in try TemporaryFolder() }
        let servers = [
            try await TestServer(folders[0], environment: idle), try await TestServer(folders[1], environment: idle),
        ]
        let busy = environment.merging(["WAXWING_WORKERS": "1"]) { $1 }
        let workers = try folders[2...].map { try TestWorker($0, environment: busy) }
        // A token of one server is good for the other.
        let token = try await servers[0].signUp()
        let sound = Sound.kicks(seconds: 2)
        var jobs: [String] = []
        func upload() async throws {
            let server = servers[jobs.count % 2]
            jobs.append(try #require(try await server.upload(sound, named: "\(jobs.count).wav", token: token)))
        }
        // One after the other, as one of them may start late.
        while try workers.contains(where: { try $0.finishedJobs() == 0 }) {
            try await upload()
            _ = try await servers[0].finished(jobs[jobs.count - 1], token: token)
        }
        for _ in 0..<10 { try await upload() }
        await workers[0].crash()
        await servers[0].crash()
        for job in jobs {
            #expect(try await servers[1].finished(job, token: token)["status"] as? String == "completed")
        }
        let samples = try await servers[1].all("/api/samples", token: token)
        #expect(Set(samples.compactMap { $0["filename"] as? String }).count == jobs.count)
        #expect(samples.count == jobs.count)
        #expect(
            try await quota(servers[1], token)
                == Quota(uploads: jobs.count, bytes: jobs.count * sound.count, held: 0))
        #expect(await workers[1].stop() == 0)
        #expect(await workers[2].stop() == 0)
        #expect(await servers[1].stop() == 0)
    }

    private struct Quota: Equatable {
        var uploads, bytes, held: Int
    }

    private func quota(_ server: TestServer, _ token: String) async throws -> Quota {
        let user = try #require(try await server.get("/api/user", token: token)["data"] as? [String: Any])
        let quota = try #require(user["quota"] as? [String: [String: Any]])
        func count(_ unit: String, _ key: String) throws -> Int { try #require(quota[unit]?[key] as? Int) }
        return try Quota(
            uploads: count("uploads", "used"), bytes: count("storage_bytes", "used"),
            held: count("uploads", "held") + count("storage_bytes", "held"))
    }
}
