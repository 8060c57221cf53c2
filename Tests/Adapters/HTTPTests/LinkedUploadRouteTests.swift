import Billing
import Foundation
import HTTPTypes
import Storage
import StorageTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite struct LinkedUploadRouteTests {
    private func begin(
        _ api: TestAPI, size: Int, type: String = "audio/wav", parts: Bool = false, token: String
    ) async throws -> Answer {
        try await api.send(
            .post, "/api/uploads", token: token,
            #"{"filename": "clicks.wav", "size": \#(size), "content_type": "\#(type)", "parts": \#(parts)}"#)
    }

    /// Sends what the links are for.
    private func send(_ bytes: [UInt8], by upload: Answer, _ api: TestAPI) async throws -> [Answer] {
        var answers: [Answer] = []
        let size = upload.data["part_size"] as? Int ?? bytes.count
        for link in upload.data["links"] as? [[String: Any]] ?? [] {
            let (part, path) = (try #require(link["part"] as? Int), try path(of: link))
            let piece = Array(bytes.dropFirst((part - 1) * size).prefix(size))
            answers.append(try await api.send(.put, path, headers: headers(of: link), bytes: piece))
        }
        return answers
    }

    private func path(of link: [String: Any]) throws -> String {
        let url = try #require((link["url"] as? String).flatMap(URLComponents.init(string:)))
        return "\(url.percentEncodedPath)?\(url.percentEncodedQuery ?? "")"
    }

    private func headers(of link: [String: Any]) -> HTTPFields {
        var fields = HTTPFields()
        for header in link["headers"] as? [[String: String]] ?? [] where header["name"] != "Content-Length" {
            guard let name = header["name"].flatMap({ HTTPField.Name($0) }) else { continue }
            fields[name] = header["value"]
        }
        return fields
    }

    @Test(arguments: [false, true])
    func `a file sent by link becomes a job, and the job a sample`(inParts: Bool) async throws {
        try await TestAPI.run { api in
            let (token, sound) = (try await api.signUp(), Sound.clicks())
            let upload = try await begin(api, size: sound.count, parts: inParts, token: token)
            #expect((upload.status, upload.data["status"] as? String) == (.created, "uploading"))
            let id = try #require(upload.data["upload_id"] as? String)
            let early = try await api.send(.post, "/api/uploads/\(id)/confirm", token: token)
            #expect((early.status, early.code) == (.conflict, "CONFLICT"))
            for answer in try await send(sound, by: upload, api) {
                #expect(answer.status == .ok)
                #expect(answer.headers[.eTag]?.isEmpty == false)
            }
            let confirmed = try await api.send(.post, "/api/uploads/\(id)/confirm", token: token)
            #expect((confirmed.status, confirmed.data["status"] as? String) == (.accepted, "pending"))
            let again = try await api.send(.post, "/api/uploads/\(id)/confirm", token: token)
            #expect(again.data as NSDictionary == confirmed.data as NSDictionary)
            let shown = try await api.send(.get, "/api/uploads/\(id)", token: token)
            #expect((shown.data["status"] as? String, shown.data["links"] as? [String]) == ("committed", []))
            #expect(try await api.send(.delete, "/api/uploads/\(id)", token: token).status == .conflict)
            await api.runJobs()
            let job = try #require(confirmed.data["job_id"] as? String)
            let report = try await api.send(.get, "/api/jobs/\(job)", token: token)
            #expect(report.data["status"] as? String == "completed")
            let samples = try await api.send(.get, "/api/samples", token: token)
            #expect(samples.list.count == 1)
        }
    }

    @Test func `links of a server that was not told its address have the one by which the client came`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let body = #"{"filename": "a.wav", "size": 9, "content_type": "audio/wav"}"#
            let cases = [
                ("[::1]:9000", "http://[::1]:9000/objects/"),
                ("sounds.example.com", "http://sounds.example.com/objects/"),
            ]
            for (host, start) in cases {
                let name = try #require(HTTPField.Name("Host"))
                let upload = try await api.send(.post, "/api/uploads", token: token, headers: [name: host], body)
                let url = try #require((upload.data["links"] as? [[String: Any]])?.first?["url"] as? String)
                #expect(url.hasPrefix(start + "uploads-pending/"), "\(url)")
            }
        }
    }

    @Test func `another length or type, a changed link or none is refused, and nothing is stored`() async throws {
        try await TestAPI.run { api in
            let (token, sound) = (try await api.signUp(), Sound.clicks())
            let upload = try await begin(api, size: sound.count, token: token)
            let link = try #require((upload.data["links"] as? [[String: Any]])?.first)
            let (path, right) = (try path(of: link), headers(of: link))
            var wrong = right
            wrong[.contentType] = "text/html"
            let cases: [(String, HTTPFields, [UInt8], Int)] = [
                (path, right, sound + [0], 400), (path, right, [], 400), (path, wrong, sound, 415),
                (path + "A", right, sound, 403), (path.replacing("grant=", with: "grant=A"), right, sound, 403),
                (String(path.prefix { $0 != "?" }), right, sound, 403),
            ]
            for (path, headers, body, status) in cases {
                let answer = try await api.send(.put, path, headers: headers, bytes: body)
                #expect(answer.status.code == status, "\(path.prefix(60))")
            }
            #expect(try await api.send(.get, path).status == .forbidden)
            #expect(try await api.objects.list(prefix: "", after: nil, limit: 10).objects.isEmpty)
            #expect(try await send(sound, by: upload, api).map(\.status) == [.ok])
            #expect(try await send(sound, by: upload, api).map(\.status) == [.preconditionFailed])
        }
    }

    @Test func `each refusal has its status and code, and a cancelled upload gives its quota back`() async throws {
        try await TestAPI.run(plan: Plan(uploadBytes: 1000, uploadsPerMonth: 1), clock: ManualClock()) { api in
            let token = try await api.signUp()
            let large = try await begin(api, size: 1001, token: token)
            #expect((large.status, large.code) == (.contentTooLarge, "PAYLOAD_TOO_LARGE"))
            let text = try await begin(api, size: 10, type: "text/plain", token: token)
            #expect((text.status, text.code) == (.unsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE"))
            let empty = try await begin(api, size: 0, token: token)
            #expect((empty.status, empty.error["field"] as? String) == (.badRequest, "size"))
            let missing = try await api.send(.post, "/api/uploads", token: token, #"{"filename": "a.wav"}"#)
            #expect(missing.status == .badRequest)

            let upload = try await begin(api, size: 100, token: token)
            let id = try #require(upload.data["upload_id"] as? String)
            let second = try await begin(api, size: 100, token: token)
            #expect((second.status, second.code) == (.tooManyRequests, "QUOTA_EXCEEDED"))
            for query in ["from=0", "to=x", "from=5&to=4"] {
                #expect(try await api.send(.get, "/api/uploads/\(id)?\(query)", token: token).status == .badRequest)
            }
            for _ in 0..<2 { #expect(try await api.send(.delete, "/api/uploads/\(id)", token: token).status == .ok) }
            #expect(try await begin(api, size: 100, token: token).status == .created)
            #expect(try await api.send(.post, "/api/uploads").status == .unauthorized)
            #expect(try await api.send(.get, "/api/uploads/none", token: token).status == .notFound)
        }
    }

    @Test func `a link to read gives the whole, a part, or what is known`() async throws {
        try await TestAPI.run { api in
            let key = try ObjectKey("exports/ü 1.wav")
            try await api.objects.put([1, 2, 3, 4, 5], at: key, ObjectAttributes(contentType: "audio/wav"))
            let store = try #require(api.useCases.linkedObjects)
            let link = try await store.presign(.get(downloadName: "kit.wav"), to: key, expiresIn: .seconds(3600))
            let path = try path(of: ["url": link.url])
            let whole = try await api.send(.get, path)
            #expect((whole.status, whole.bytes) == (.ok, [1, 2, 3, 4, 5]))
            #expect(whole.headers[.contentType] == "audio/wav")
            #expect(whole.headers[.contentDisposition]?.contains("kit.wav") == true)
            let part = try await api.send(.get, path, headers: [.range: "bytes=1-2"])
            #expect((part.status, part.bytes) == (.partialContent, [2, 3]))
            #expect(part.headers[.contentRange] == "bytes 1-2/5")
            #expect(try await api.send(.get, path, headers: [.range: "bytes=9-"]).status == .rangeNotSatisfiable)
            let head = try await api.send(.head, path)
            #expect((head.status, head.bytes, head.headers[.contentLength]) == (.ok, [], "5"))
            #expect(try await api.send(.put, path, bytes: [1]).status == .forbidden)
            try await api.objects.delete(key)
            #expect(try await api.send(.get, path).status == .notFound)
        }
    }
}
