import Foundation
import HTTPTypes
import Jobs
import LogTestKit
import Storage
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite struct SampleRouteTests {
    @Test func `samples are found, counted, corrected and compared`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let ids = try await api.samples(["loop one.wav", "loop two.wav"], token: token)
            let path = "/api/samples/\(ids[0])"
            let changed = try await api.send(
                .patch, path, token: token,
                #"{"filename": "Dusty.wav", "tags": ["Soul"], "bpm": 87.5, "key": "8A", "role": "vocal"}"#)
            #expect(changed.status == .ok)
            #expect(changed.data["bpm"] as? Double == 87.5 && changed.data["key"] as? String == "A minor")
            #expect(changed.data["tags"] as? [String] == ["soul"] && changed.data["camelot"] as? String == "8A")
            let measured = try #require(changed.data["audio_features"] as? [String: Any])
            #expect(measured["bpm"] as? Double != 87.5)
            func found(_ query: String) async throws -> [String] {
                let answer = try await api.send(.get, "/api/samples?" + query, token: token)
                #expect(answer.status == .ok, "\(query): \(answer.text)")
                return answer.list.compactMap { $0["id"] as? String }
            }
            for query in [
                "q=dust%20soul", "bpm_min=87&bpm_max=88", "key=9A&compatible=true", "tags=soul", "role=vocal",
            ] {
                #expect(try await found(query) == [ids[0]], "\(query)")
            }
            #expect(try await found("sort=newest") == ids.reversed())
            #expect(try await found("sort=-newest") == ids)
            #expect(try await found("key=9A").isEmpty)
            let facets = try await api.send(.get, "/api/samples/facets?tags=soul", token: token)
            #expect(facets.data["total"] as? Int == 1 && facets.data["keys"] as? [String: Int] == ["8A": 1])
            let tags = try await api.send(.get, "/api/tags", token: token)
            #expect(tags.list.map { $0["tag"] as? String } == ["soul"])
            let back = try await api.send(.patch, path, token: token, #"{"bpm": null, "key": null, "role": null}"#)
            #expect((back.data["corrections"] as? [String: Any])?.values.allSatisfy { $0 is NSNull } == true)
            #expect(back.data["bpm"] as? Double == measured["bpm"] as? Double)
            let similar = try await api.send(.get, path + "/similar?limit=5", token: token)
            #expect(similar.list.compactMap { ($0["sample"] as? [String: Any])?["id"] as? String } == [ids[1]])
            let matches = try await api.send(.get, path + "/matches?shift=6", token: token)
            #expect(matches.list.compactMap { ($0["sample"] as? [String: Any])?["id"] as? String } == [ids[1]])
        }
    }

    @Test func `pictures come in the form that is asked for, and can be kept`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let path = "/api/samples/\(try await api.samples(["kick.wav"], token: token)[0])"
            let png = try await api.send(.get, path + "/waveform?width=64&height=32", token: token)
            #expect(png.status == .ok && png.headers[.contentType] == "image/png")
            #expect(png.headers[.contentDisposition]?.contains("kick_waveform.png") == true)
            #expect(png.headers[.cacheControl] == "private, max-age=3600" && png.headers[.vary] == "Accept")
            let again = try await api.send(.get, path + "/waveform?width=64&height=32", token: token)
            #expect(again.bytes == png.bytes && again.headers[.eTag] == png.headers[.eTag])
            let other = try await api.send(.get, path + "/waveform?width=65&height=32", token: token)
            #expect(other.headers[.eTag] != png.headers[.eTag])
            for asked in ["/waveform?format=json&points=20", "/waveform?format=json&points=1000"] {
                let json = try await api.send(.get, path + asked, token: token)
                #expect(json.json["version"] as? Int == 2 && json.json["channels"] as? Int == 1)
                let length = try #require(json.json["length"] as? Int)
                #expect((json.json["data"] as? [Int])?.count == 2 * length)
            }
            let accepted = try await api.send(
                .get, path + "/waveform", token: token, headers: [.accept: "text/html, application/json;q=0.9"])
            #expect(accepted.json["version"] as? Int == 2)
            let data = try await api.send(.get, path + "/waveform?format=dat&points=10", token: token)
            #expect(data.bytes.starts(with: [2, 0, 0, 0]))
            let spectrogram = try await api.send(
                .get, path + "/spectrogram?width=64&height=32&colors=viridis", token: token)
            #expect(spectrogram.status == .ok && spectrogram.bytes.starts(with: [0x89, 0x50]))
        }
    }

    @Test func `a copy at another level is fetched from its job`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let id = try await api.samples(["kick.wav"], token: token)[0]
            let begun = try await api.send(
                .post, "/api/samples/\(id)/normalize", token: token, headers: [.idempotencyKey: "one"],
                #"{"peak": -3, "format": "flac"}"#)
            #expect(begun.status == .accepted)
            let job = try #require(begun.data["job_id"] as? String)
            await api.runJobs()
            let done = try await api.send(.get, "/api/jobs/\(job)", token: token)
            #expect(done.data["status"] as? String == "completed" && done.data["progress"] as? Double == 1)
            let file = try #require((done.data["result"] as? [String: Any])?["file"] as? [String: Any])
            let answer = try await api.send(.get, try #require(file["url"] as? String), token: token)
            #expect(answer.status == .ok && answer.bytes.starts(with: Array("fLaC".utf8)))
            #expect(answer.headers[.contentType] == "audio/flac")
            let list = try await api.send(.get, "/api/jobs?status=completed&kind=normalize-sample", token: token)
            #expect(list.list.compactMap { $0["id"] as? String } == [job])
            #expect(try await api.send(.post, "/api/jobs/\(job)/cancel", token: token).status == .conflict)
            let again = try await api.send(.post, "/api/samples/\(id)/normalize", token: token)
            let second = try #require(again.data["job_id"] as? String)
            let ended = try await api.send(.post, "/api/jobs/cancel", token: token, "{\"job_id\": \"\(second)\"}")
            #expect(ended.status == .ok && ended.data["status"] as? String == "cancelled")
            let retry = try await api.send(.post, "/api/jobs/retry", token: token, "{\"job_id\": \"\(second)\"}")
            #expect(retry.status == .conflict)
        }
    }

    @Test func `analyses of many begin with one request, and one for each at a time`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let ids = try await api.samples(["a.wav", "b.wav"], token: token)
            let names = ids.map { "\"\($0)\"" }.joined(separator: ", ")
            let batch = "{\"action\": \"analyze\", \"ids\": [\(names), \"\(UUID())\"]}"
            let begun = try await api.send(.post, "/api/samples/batch", token: token, batch)
            #expect(begun.list.map { $0["outcome"] as? String } == ["accepted", "accepted", "not_found"])
            let one = try await api.send(.post, "/api/samples/\(ids[0])/analyze", token: token)
            #expect(one.status == .accepted)
            #expect(one.data["job_id"] as? String == begun.list[0]["job_id"] as? String)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'analyze-sample'") == 2)
        }
    }

    @Test func `what cannot be asked is the client's mistake, and names the field`() async throws {
        let log = LogCollector()
        try await TestAPI.run(logger: log.logger) { api in
            let token = try await api.signUp()
            let id = try await api.samples(["a.wav"], token: token)[0]
            let path = "/api/samples/\(id)"
            let jobs = try await api.count("SELECT COUNT(*) AS n FROM jobs")
            let texts = ["%00", "%ED%A0%80", "%ff", "%27%20OR%201%3D1--", "-1", "9999999999999999999999", "NaN"]
            for name in [
                "kind", "role", "bpm_min", "key", "duration_max", "hidden", "compatible", "sort", "limit", "cursor",
            ] {
                for text in texts where !(name == "bpm_min" || name == "duration_max") || !text.hasPrefix("999") {
                    let answer = try await api.send(.get, "/api/samples?\(name)=\(text)", token: token)
                    #expect(answer.status == .badRequest, "\(name)=\(text): \(answer.status)")
                }
            }
            for text in texts {
                for query in ["q=", "tags=", "collection="] {
                    let answer = try await api.send(.get, "/api/samples?\(query)\(text)", token: token)
                    #expect([.ok, .badRequest, .notFound].contains(answer.status), "\(query)\(text)")
                }
                for query in [
                    "/similar?limit=", "/matches?limit=", "/matches?shift=", "/matches?stretch=", "/waveform?format=",
                    "/waveform?width=", "/waveform?format=json&points=", "/spectrogram?colors=", "/spectrogram?height=",
                ] {
                    let answer = try await api.send(.get, path + query + text, token: token)
                    #expect(answer.status == .badRequest, "\(query)\(text): \(answer.status)")
                }
                #expect(try await api.send(.get, "/api/jobs?status=\(text)", token: token).status == .badRequest)
            }
            for (body, field) in [
                (#"{"id": "x"}"#, "id"), (#"{"owner": "x", "filename": "b.wav"}"#, "owner"),
                (#"{"object_key": "x"}"#, "object_key"), (#"{"created_at": 1}"#, "created_at"),
                (#"{"filename": null}"#, "filename"), (#"{"filename": "a\u0000b"}"#, "filename"),
                (#"{"filename": "../x"}"#, "filename"), (#"{"tags": null}"#, "tags"),
                (#"{"tags": ["\u0000"]}"#, "tags"),
                (#"{"bpm": "fast"}"#, "bpm"), (#"{"bpm": 1e400}"#, "bpm"), (#"{"bpm": 5}"#, "bpm"),
                (#"{"key": "\ud800"}"#, "key"), (#"{"role": "x"}"#, "role"), (#"{"kind": 7}"#, "kind"), ("[]", nil),
                ("", nil),
            ] as [(String, String?)] {
                let answer = try await api.send(.patch, path, token: token, body)
                #expect(answer.status == .badRequest, "\(body): \(answer.status)")
                #expect(answer.error["field"] as? String == field, "\(body)")
            }
            for body in [
                "{}", #"{"action": "hide"}"#, #"{"action": "drop", "ids": ["a"]}"#, #"{"action": "hide", "ids": []}"#,
                #"{"action": "hide", "ids": ["a"], "owner": "x"}"#, #"{"action": "tag", "ids": ["a"]}"#,
                #"{"action": "hide", "ids": ["\u0000"]}"#, #"{"action": "hide", "ids": "a"}"#,
            ] {
                let answer = try await api.send(.post, "/api/samples/batch", token: token, body)
                #expect(answer.status == .badRequest, "\(body): \(answer.status)")
            }
            for body in [
                #"{"lufs": 3}"#, #"{"lufs": -14, "peak": -1}"#, #"{"format": "exe"}"#, #"{"output": "/etc/passwd"}"#,
            ] {
                let answer = try await api.send(.post, path + "/normalize", token: token, body)
                #expect(answer.status == .badRequest, "\(body): \(answer.status)")
            }
            let unchanged = try await api.send(.get, path, token: token)
            #expect(unchanged.data["filename"] as? String == "a.wav")
            #expect(try await api.count("SELECT COUNT(*) AS n FROM jobs") == jobs)
        }
        #expect(log.errors == [])
    }

    @Test func `another's samples and jobs look like none, on every route`() async throws {
        try await TestAPI.run { api in
            let (ada, eve) = (try await api.signUp(), try await api.signUp("eve@example.com"))
            let id = try await api.samples(["a.wav"], token: ada)[0]
            let job = try #require(
                try await api.send(.post, "/api/samples/\(id)/analyze", token: ada).data["job_id"] as? String)
            let nobody = UUID().uuidString.lowercased()
            for route in api.declared where route.path.contains("{id}") && route.access == .signedIn {
                let known = route.path.hasPrefix("/api/samples/") ? id : route.path.hasPrefix("/api/jobs/") ? job : nil
                guard let known else { continue }
                let mine = route.path.replacing("{id}", with: known), none = route.path.replacing("{id}", with: nobody)
                let body = route.method == .patch ? #"{"filename": "eve.wav"}"# : ""
                let asked = try await api.send(route.method, mine, token: eve, body)
                #expect(asked.status == .notFound, "\(route.name)")
                #expect(asked.said == (try await api.send(route.method, none, token: eve, body)).said, "\(route.name)")
            }
            for action in ["retry", "cancel"] {
                let answer = try await api.send(
                    .post, "/api/jobs/\(action)", token: eve, "{\"job_id\": \"\(job)\"}")
                #expect(answer.status == .notFound)
            }
            #expect(try await api.send(.get, "/api/samples/\(id)", token: ada).data["filename"] as? String == "a.wav")
            #expect(try await api.send(.get, "/api/jobs/\(job)", token: ada).data["status"] as? String == "pending")
        }
    }
}

extension TestAPI {
    /// Uploads a loop by each name, one after the other, and gives the samples they became.
    fileprivate func samples(_ names: [String], token: String) async throws -> [String] {
        var ids: [String] = []
        for name in names {
            let upload = try await upload(Sound.clicks(), named: name, token: token)
            await runJobs()
            let job = try await send(.get, "/api/jobs/\(upload.data["job_id"] ?? "")", token: token)
            ids.append(try #require(job.data["sample_id"] as? String))
        }
        return ids
    }
}
