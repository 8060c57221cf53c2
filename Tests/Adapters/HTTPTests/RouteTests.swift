import Billing
import Foundation
import HTTPTypes
import Storage
import StorageTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite struct AccountRouteTests {
    @Test func `a token works until its session is signed out`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let user = try await api.send(.get, "/api/user", token: token)
            #expect(user.status == .ok)
            #expect(user.data["email"] as? String == "ada@example.com")
            #expect(user.data["name"] is NSNull)
            #expect(try await api.send(.post, "/api/auth/logout", token: token).status == .ok)
            let after = try await api.send(.get, "/api/user", token: token)
            #expect(after.status == .unauthorized)
            #expect(after.code == "UNAUTHORIZED")
        }
    }

    @Test func `a taken address, a weak password and a missing field each say so`() async throws {
        try await TestAPI.run { api in
            _ = try await api.signUp()
            let taken = try await api.send(
                .post, "/api/auth/register", #"{"email": "ADA@example.com", "password": "another one 77"}"#)
            #expect((taken.status, taken.code) == (.conflict, "CONFLICT"))
            let weak = try await api.send(
                .post, "/api/auth/register", #"{"email": "b@example.com", "password": "short"}"#)
            #expect((weak.status, weak.error["field"] as? String) == (.badRequest, "password"))
            let missing = try await api.send(.post, "/api/auth/register", #"{"email": "b@example.com"}"#)
            #expect((missing.status, missing.error["field"] as? String) == (.badRequest, "password"))
            let broken = try await api.send(.post, "/api/auth/login", "{\"email\":")
            #expect((broken.status, broken.code) == (.badRequest, "VALIDATION_ERROR"))
            let huge = try await api.send(.post, "/api/auth/login", String(repeating: "[", count: 70_000))
            #expect((huge.status, huge.code) == (.contentTooLarge, "PAYLOAD_TOO_LARGE"))
        }
    }

    @Test func `wrong password and unknown user get the same answer`() async throws {
        try await TestAPI.run { api in
            _ = try await api.signUp()
            let wrong = try await api.send(
                .post, "/api/auth/login", #"{"email": "ada@example.com", "password": "wrong horse 99"}"#)
            let unknown = try await api.send(
                .post, "/api/auth/login", #"{"email": "eve@example.com", "password": "wrong horse 99"}"#)
            #expect(wrong.status == .unauthorized)
            #expect(wrong.error as NSDictionary == unknown.error as NSDictionary)
        }
    }
}

@Suite struct UploadRouteTests {
    @Test func `an upload becomes a job, and the job a sample`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let sound = Sound.clicks()
            let accepted = try await api.upload(sound, named: "clicks.wav", token: token)
            #expect(accepted.status == .accepted)
            #expect(accepted.data["status"] as? String == "pending")
            #expect(accepted.data["eta"] as? String == accepted.data["estimated_completion"] as? String)
            let id = try #require(accepted.data["job_id"] as? String)
            await api.runJobs()

            let job = try await api.send(.get, "/api/jobs/\(id)", token: token)
            #expect(job.data["status"] as? String == "completed")
            let sampleID = try #require(job.data["sample_id"] as? String)
            let sample = try await api.send(.get, "/api/samples/\(sampleID)", token: token)
            let features = try #require(sample.data["audio_features"] as? [String: Any])
            #expect(try abs(#require(features["bpm"] as? Double) - 120) < 1)
            #expect(features["kind"] as? String == "loop")
            #expect(features["waveform"] is [String: Any])
            let words = try #require(sample.data["ai_analysis"] as? [String: Any])
            #expect(words["source"] as? String == "features" && words["fallback_reason"] is NSNull)
            let audio = try await api.send(.get, "/api/samples/\(sampleID)/audio", token: token)
            #expect(audio.bytes == sound)
            #expect(
                audio.headers[.contentDisposition] == "attachment; filename=\"clicks.wav\"; filename*=UTF-8''clicks.wav"
            )
            let part = try await api.send(
                .get, "/api/samples/\(sampleID)/audio", token: token, headers: [.range: "bytes=10-19"])
            #expect(part.status == .partialContent)
            #expect(part.bytes == Array(sound[10..<20]))
            #expect(part.headers[.contentRange] == "bytes 10-19/\(sound.count)")
            let link = try await api.send(.get, "/api/samples/\(sampleID)/link", token: token)
            let url = try #require((link.data["url"] as? String).flatMap(URLComponents.init(string:)))
            let signed = "\(url.percentEncodedPath)?\(url.percentEncodedQuery ?? "")"
            let linked = try await api.send(.get, signed)
            #expect(linked.bytes == sound)
            #expect(linked.headers[.contentDisposition] == audio.headers[.contentDisposition])
            #expect(try await api.send(.get, signed + "A").status == .forbidden)
            let head = try await api.send(.head, "/api/samples/\(sampleID)/audio", token: token)
            #expect(head.status == .ok && head.bytes.isEmpty)
            #expect(head.headers[.contentLength] == "\(sound.count)" && head.headers[.eTag] == audio.headers[.eTag])

            let path = "/api/samples/\(sampleID)"
            #expect(try await api.send(.delete, path + "?purge=perhaps", token: token).status == .badRequest)
            #expect(try await api.send(.delete, path, token: token).status == .ok)
            #expect(try await api.send(.get, path, token: token).status == .notFound)
            let restored = try await api.send(.post, path + "/restore", token: token)
            #expect(restored.status == .ok && restored.data["id"] as? String == sampleID)
            #expect(try await api.send(.delete, path + "?purge=true", token: token).status == .ok)
            #expect(try await api.send(.post, path + "/restore", token: token).status == .notFound)
            #expect(try await api.send(.get, path, token: token).status == .notFound)
            await api.runJobs()
            #expect(try await api.objects.list(prefix: "", after: nil, limit: 10).objects.isEmpty)
        }
    }

    @Test func `each refusal has its status and code, and leaves nothing behind`() async throws {
        let sound = Sound.clicks(seconds: 0.1)
        let plan = Plan(uploadBytes: sound.count, uploadsPerMonth: 1)
        try await TestAPI.run(plan: plan, clock: ManualClock()) { api in
            let token = try await api.signUp()
            let text = try await api.upload(Array("just some text".utf8), token: token)
            #expect((text.status, text.code) == (.unsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE"))
            let large = try await api.upload(sound + [0], token: token)
            #expect((large.status, large.code) == (.contentTooLarge, "PAYLOAD_TOO_LARGE"))
            let broken = try await api.send(
                .post, "/api/upload", token: token, headers: [.contentType: "multipart/form-data; boundary=b"],
                bytes: Array("--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"a\"\r\n\r\n".utf8)
                    + sound)
            #expect((broken.status, broken.code) == (.badRequest, "VALIDATION_ERROR"))
            let wrongField = try await api.send(
                .post, "/api/upload", token: token, headers: [.contentType: "multipart/form-data; boundary=b"],
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n")
            #expect((wrongField.status, wrongField.error["field"] as? String) == (.badRequest, "audio"))
            #expect(try await api.send(.post, "/api/upload", token: token, "x").status == .badRequest)
            let file = "--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"a\"\r\n\r\n"
            let two = try await api.send(
                .post, "/api/upload", token: token, headers: [.contentType: "multipart/form-data; boundary=b"],
                bytes: [UInt8]("\(file)".utf8) + sound + [UInt8]("\r\n\(file)x\r\n--b--".utf8))
            #expect((two.status, two.code) == (.badRequest, "VALIDATION_ERROR"))
            #expect(try await api.objects.list(prefix: "", after: nil, limit: 10).objects.isEmpty)

            #expect(try await api.upload(sound, token: token).status == .accepted)
            let over = try await api.upload(sound, token: token)
            #expect((over.status, over.code) == (.tooManyRequests, "QUOTA_EXCEEDED"))
            #expect(try await api.objects.list(prefix: "", after: nil, limit: 10).objects.count == 1)
        }
    }

    @Test func `processing answers with features, cost and time, and keeps nothing`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let answer = try await api.upload(Sound.clicks(), token: token, to: "/api/process")
            #expect(answer.status == .ok)
            #expect(answer.data["audio_features"] is [String: Any])
            let words = try #require(answer.data["ai_analysis"] as? [String: Any])
            #expect((words["tags"] as? [String])?.first == "loop" && words["model"] is NSNull)
            #expect(answer.data["cost"] is Double && answer.data["processing_time"] is Double)
            #expect(try await api.objects.list(prefix: "", after: nil, limit: 10).objects.isEmpty)
            let damaged = try await api.upload(Array("RIFF\u{4}\0\0\0WAVE".utf8), token: token, to: "/api/process")
            #expect((damaged.status, damaged.code) == (.unprocessableContent, "UNPROCESSABLE"))
        }
    }
}

@Suite struct ListRouteTests {
    @Test func `pages are complete, newest first, and end with a null cursor`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let sound = Sound.clicks(seconds: 0.1)
            for number in 1...7 { _ = try await api.upload(sound, named: "\(number).wav", token: token) }
            await api.runJobs()
            var names: [String] = []
            var path = "/api/samples?limit=3"
            while true {
                let page = try await api.send(.get, path, token: token)
                #expect(page.list.count <= 3)
                names += page.list.compactMap { $0["filename"] as? String }
                guard let cursor = page.meta["next_cursor"] as? String else {
                    #expect(page.meta["next_cursor"] is NSNull)
                    break
                }
                path = "/api/samples?limit=3&cursor=\(cursor)"
            }
            #expect(names.sorted() == (1...7).map { "\($0).wav" })
            let jobs = try await api.send(.get, "/api/jobs?limit=2", token: token)
            #expect(jobs.list.count == 2)
            let stranger = try await api.signUp("eve@example.com")
            let cursor = try #require(jobs.meta["next_cursor"] as? String)
            let foreign = try await api.send(.get, "/api/jobs?cursor=\(cursor)", token: stranger)
            #expect((foreign.status, foreign.error["field"] as? String) == (.badRequest, "cursor"))
            let otherList = try await api.send(.get, "/api/samples?cursor=\(cursor)", token: token)
            #expect((otherList.status, otherList.error["field"] as? String) == (.badRequest, "cursor"))
            #expect(try await api.send(.get, "/api/jobs?limit=0", token: token).status == .badRequest)
            #expect(try await api.send(.get, "/api/jobs?limit=201", token: token).status == .badRequest)
        }
    }

    @Test func `another's ids look like ids that do not exist`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.signUp()
            let eve = try await api.signUp("eve@example.com")
            let accepted = try await api.upload(Sound.clicks(seconds: 0.1), token: ada)
            await api.runJobs()
            let job = try #require(accepted.data["job_id"] as? String)
            let sample = try #require(
                try await api.send(.get, "/api/jobs/\(job)", token: ada).data["sample_id"] as? String)
            let random = UUID().uuidString.lowercased()
            for (method, path) in [
                (HTTPRequest.Method.get, "/api/jobs/ID"), (.get, "/api/samples/ID"), (.get, "/api/samples/ID/audio"),
                (.get, "/api/samples/ID/link"),
                (.delete, "/api/samples/ID?purge=true"), (.delete, "/api/samples/ID"),
                (.post, "/api/samples/ID/restore"),
            ] {
                let id = path.contains("jobs") ? job : sample
                let foreign = try await api.send(method, path.replacing("ID", with: id), token: eve)
                let missing = try await api.send(method, path.replacing("ID", with: random), token: eve)
                let nonsense = try await api.send(method, path.replacing("ID", with: "nonsense"), token: eve)
                #expect(foreign.status == .notFound)
                #expect(foreign.error as NSDictionary == missing.error as NSDictionary)
                #expect(nonsense.status == .notFound)
                #expect(try await api.send(method, path.replacing("ID", with: id)).status == .unauthorized)
            }
            #expect(try await api.send(.get, "/api/samples/\(sample)", token: ada).status == .ok)
        }
    }
}

@Suite struct OperationRouteTests {
    @Test func `health is open and names its parts`() async throws {
        try await TestAPI.run { api in
            for path in ["/api/health", "/health"] {
                let health = try await api.send(.get, path)
                #expect(health.status == .ok)
                #expect(health.data["status"] as? String == "ok")
                #expect(health.headers[.requestID] == health.meta["request_id"] as? String)
            }
        }
    }

    @Test func `metrics are for this machine, and through a proxy for nobody`() async throws {
        try await TestAPI.run { api in
            let metrics = try await api.send(.get, "/api/metrics")
            #expect(metrics.status == .ok)
            #expect(
                String(decoding: metrics.bytes, as: UTF8.self).contains("# TYPE waxwing_http_requests_total counter"))
            let forwarded = try await api.send(
                .get, "/api/metrics", headers: [.named("X-Forwarded-For"): "127.0.0.1"])
            #expect((forwarded.status, forwarded.code) == (.notFound, "NOT_FOUND"))
        }
        try await TestAPI.run(metricsToken: "secret") { api async throws in
            #expect(try await api.send(.get, "/api/metrics").status == .notFound)
            #expect(try await api.send(.get, "/api/metrics", token: "secret").status == .ok)
        }
    }

    @Test func `an unknown route is answered in the envelope`() async throws {
        try await TestAPI.run { api in
            let answer = try await api.send(.get, "/api/nothing")
            #expect((answer.status, answer.code) == (.notFound, "NOT_FOUND"))
            #expect(answer.json["success"] as? Bool == false)
        }
    }
}

@Suite struct ReadmeTests {
    @Test func `every route of the README is served, and asks who is there unless it is open`() async throws {
        let readme = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../README.md")
                .standardizedFileURL, encoding: .utf8)
        let rows = readme.split(separator: "\n").filter { $0.hasPrefix("| `") && $0.contains(" /api/") }
        let routes = rows.flatMap { row in
            row.matches(of: /`(GET|POST|PUT|PATCH|DELETE) (\/api\/[^`?]*)[^`]*`( \(open\))?/).map { match in
                (
                    method: String(match.1), path: String(match.2).replacing(/\{\w+\}/, with: "{id}"),
                    isOpen: match.3 != nil || match.2 == "/api/metrics"
                )
            }
        }
        let payments = PaymentOptions(.provider(WebhookPayments(), webhookSecrets: [WebhookPayments.secret]))
        try await TestAPI.run(payments: payments) { api in
            let served = api.routes.filter { $0.method != .head && $0.path.hasPrefix("/api/") }
                .map { "\($0.method) \($0.path.replacing(/:\w+|\{\w+\}/, with: "{id}"))" }
            #expect(Set(served) == Set(routes.map { "\($0.method) \($0.path)" }))
            for route in routes {
                let method = try #require(HTTPRequest.Method(rawValue: route.method))
                let path = route.path.replacing("{id}", with: UUID().uuidString.lowercased())
                let answer = try await api.send(method, path)
                if route.isOpen {
                    #expect([.ok, .badRequest, .notFound].contains(answer.status), "\(route.method) \(route.path)")
                } else {
                    #expect(answer.status == .unauthorized, "\(route.method) \(route.path)")
                }
            }
        }
    }
}
