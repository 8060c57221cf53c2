import Foundation
import StorageTestKit
import Testing

/// What earlier releases wrote, under this one.
@Suite struct UpgradeTests {
    @Test func `every release that was kept is upgraded here`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Release.folder.path)
        let kept = files.filter { $0.hasSuffix(".sql") }.map { String($0.dropLast(4)) }
        #expect(kept.sorted() == Release.names.sorted())
    }

    @Test(
        .enabled(if: Release.hasSounds, Release.hint), .timeLimit(.minutes(30)), arguments: Release.names,
        Deployment.single)
    func `an installation of an earlier release goes on: people, keys, samples, jobs, quota, what is paid for`(
        from name: String, to deployment: Deployment
    ) async throws {
        let old = try await OldInstallation(name)
        try await old.upgrade(onto: deployment)
        let server = try await TestServer(old.folder, environment: old.environment)
        let bea = try old.person("bea")

        // People.
        _ = try await old.signIn(try old.person("ada"), at: server)
        let token = try await old.signIn(bea, at: server)
        let eve = try old.person("eve")
        let disabled = try await old.login(eve.email, eve.password, at: server)
        #expect(disabled.status == 401 && String(decoding: disabled.body, as: UTF8.self).contains("is disabled"))
        #expect(try await old.login(bea.email, "another tune for 2", at: server).status == 401)
        let key = try #require(bea.key)
        let listed = try await server.send("GET", "/api/samples", headers: ["X-API-Key": key])
        #expect(listed.status == 200)
        let reader = ["X-API-Key": try #require(bea.readingKey)]
        #expect(try await server.send("GET", "/api/samples", headers: reader).status == 200)
        #expect(try await server.send("DELETE", "/api/samples/\(old.release.hidden)", headers: reader).status == 403)
        if deployment == .embedded {
            let body = Array(#"{"refresh_token": "\#(try #require(bea.refreshToken))"}"#.utf8)
            #expect(
                try await server.send("POST", "/api/auth/refresh", body).status == 200, "who was signed in stays so")
        }

        // What waited is done by this program, before or after its samples are looked at.
        for job in old.release.waiting {
            #expect(try await server.finished(job, token: token)["status"] as? String == "completed")
        }
        try await checkSamples(of: old, at: server, token)
        for job in old.release.jobs where !old.release.waiting.contains(job.id) {
            let now = try await server.job(job.id, token: token)
            #expect(now["status"] as? String == job.status && now["error"] as? String == job.error)
        }
        let subscription = try await server.get("/api/subscription", token: token)["data"] as? [String: Any]
        #expect(subscription?["plan"] as? String == bea.plan ?? "free")

        // New work on old rows.
        let again = try await server.send(
            "POST", "/api/samples/\(try old.kick())/analyze", token: token, Array("{}".utf8))
        #expect(again.status == 202)
        let answer = try JSONSerialization.jsonObject(with: again.body) as? [String: Any]
        let job = try #require((answer?["data"] as? [String: Any])?["job_id"] as? String)
        #expect(try await server.finished(job, token: token)["status"] as? String == "completed")
        let near = try await server.get("/api/samples/\(try old.kick())/similar", token: token)
        #expect((near["data"] as? [[String: Any]])?.count == 2, "it is compared with those that were analysed now")
        try await old.isWhole()
        #expect(await server.stop() == 0)
    }

    private func checkSamples(of old: OldInstallation, at server: TestServer, _ token: String) async throws {
        let samples = try await server.all("/api/samples", token: token)
        #expect(samples.count == 3)
        for then in try Release.samples(old.name) {
            let now = try #require(samples.first { $0["id"] as? String == then["id"] as? String })
            #expect(then.count > 3)
            // Times are others here, as the fixture's are moved; and what was not known may be known now.
            for (field, value) in then
            where !["audio_features", "created_at"].contains(field) && !(value is NSNull) {
                let found = try JSONSerialization.text(of: now[field])
                #expect(try found == JSONSerialization.text(of: value), "\(field)")
            }
            let features = try #require(now["audio_features"] as? [String: Any])
            let measured = try #require(then["audio_features"] as? [String: Any])
            #expect(measured.count > 30)
            for (name, value) in measured {
                let found = try JSONSerialization.text(of: features[name])
                #expect(try found == JSONSerialization.text(of: value), "\(name)")
            }
        }
        let audio = try await server.send("GET", "/api/samples/\(try old.kick())/audio", token: token)
        #expect(try Array(audio.body) == old.release.sound("kick01.ogg"))
        let hidden = try await server.get("/api/samples?hidden=true", token: token)["data"] as? [[String: Any]]
        #expect(hidden?.compactMap { $0["id"] as? String } == [old.release.hidden])
        #expect(try await server.send("GET", "/api/samples/\(old.release.purged)", token: token).status == 404)
        let restored = try await server.send("POST", "/api/samples/\(old.release.hidden)/restore", token: token)
        #expect(restored.status == 200)
        let user = try #require(try await server.get("/api/user", token: token)["data"] as? [String: Any])
        let room = try #require((user["quota"] as? [String: [String: Any]])?["storage_bytes"])
        let kept = ["kick01.ogg", "clav01.ogg", "snare_hiphop02.ogg", "hihat_closed05.ogg"]
        let bytes = try kept.reduce(0) { try $0 + old.release.sound($1).count }
        #expect(room["used"] as? Int == bytes && room["held"] as? Int == 0)
    }

    @Test(.enabled(if: Release.hasSounds, Release.hint), arguments: Release.names)
    func `a program that does not know all steps of the database does not start`(from name: String) async throws {
        let old = try await OldInstallation(name)
        try await old.upgrade(onto: .embedded)
        try await old.note(step: 1_000, of: "jobs")
        for command in ["serve", "worker"] {
            let refused = try await Program.run([command], environment: old.environment)
            #expect(refused.status == 1 && refused.errors.contains("run the newer program"), "\(refused.errors)")
        }
        #expect(try await old.run("db", "status", status: 1).contains("written by a newer program"))
    }
}
