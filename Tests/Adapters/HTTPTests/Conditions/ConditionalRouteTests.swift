import Foundation
import HTTPTypes
import Storage
import Synchronization
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite struct ConditionalRouteTests {
    @Test func `who has the audio gets no byte of it again, and who has another version gets all`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let sound = Sound.clicks(seconds: 0.2)
            _ = try await api.upload(sound, token: token)
            await api.runJobs()
            let id = try #require(try await api.send(.get, "/api/samples", token: token).list.first?["id"] as? String)
            let store = try #require(api.useCases.linkedObjects)
            let key = try #require(try await api.objects.list(prefix: "", after: nil, limit: 9).objects.first?.key)
            let link = try await store.presign(.get(downloadName: "a.wav"), to: key, expiresIn: .seconds(3600))
            let url = try #require(URLComponents(string: link.url))
            for path in ["/api/samples/\(id)/audio", "\(url.percentEncodedPath)?\(url.percentEncodedQuery ?? "")"] {
                func get(_ headers: HTTPFields, _ method: HTTPRequest.Method = .get) async throws -> Answer {
                    try await api.send(method, path, token: token, headers: headers)
                }
                let whole = try await get([:])
                let (tag, date) = (try #require(whole.headers[.eTag]), try #require(whole.headers[.lastModified]))
                for headers: HTTPFields in [
                    [.ifNoneMatch: tag], [.ifNoneMatch: "*"], [.ifNoneMatch: "\"a\", \(tag)"],
                    [.ifModifiedSince: date], [.ifNoneMatch: tag, .range: "bytes=0-9"],
                ] {
                    for method in [HTTPRequest.Method.get, .head] {
                        let answer = try await get(headers, method)
                        #expect(answer.status == .notModified && answer.bytes.isEmpty, "\(method) \(headers)")
                        for name in [HTTPField.Name.eTag, .lastModified, .cacheControl] {
                            #expect(answer.headers[name] == whole.headers[name])
                        }
                        #expect(answer.headers[.contentType] == nil && answer.headers[.contentLength] == nil)
                    }
                }
                for headers: HTTPFields in [
                    [.ifMatch: "\"other\""], [.ifMatch: "W/\(tag)"],
                    [.ifUnmodifiedSince: "Sat, 01 Jan 2000 00:00:00 GMT"],
                ] {
                    let answer = try await get(headers)
                    #expect((answer.status, answer.code) == (.preconditionFailed, "CONFLICT"))
                }
                for (condition, status) in [
                    (tag, 206), ("\"other\"", 200), ("W/\(tag)", 200), ("Sat, 01 Jan 2000 00:00:00 GMT", 200),
                ] {
                    let answer = try await get([.ifRange: condition, .range: "bytes=0-9"])
                    #expect(answer.status.code == status)
                    #expect(answer.bytes == Array(status == 206 ? sound[0..<10] : sound[...]))
                }
                let head = try await get([.range: "bytes=0-9"], .head)
                #expect(head.status == .ok && head.bytes.isEmpty)
                for name in [HTTPField.Name.contentLength, .contentType, .eTag, .acceptRanges, .contentDisposition] {
                    #expect(head.headers[name] == whole.headers[name], "\(name)")
                }
            }
        }
    }

    @Test func `a file is put by a link once, whatever the conditions and however many do`() async throws {
        try await TestAPI.run { api in
            let store = try #require(api.useCases.linkedObjects)
            func link() async throws -> (path: String, key: ObjectKey) {
                let key = try ObjectKey("uploads-pending/\(UUID().uuidString.lowercased())")
                let link = try await store.presign(
                    .create(size: 3, ObjectAttributes(contentType: "audio/wav")), to: key,
                    expiresIn: .seconds(3600))
                let url = try #require(URLComponents(string: link.url))
                return ("\(url.percentEncodedPath)?\(url.percentEncodedQuery ?? "")", key)
            }
            @Sendable func put(_ path: String, _ headers: HTTPFields, _ api: TestAPI) async throws -> Answer {
                var headers = headers
                headers[.contentType] = "audio/wav"
                return try await api.send(.put, path, headers: headers, bytes: [1, 2, 3])
            }
            let (path, key) = try await link()
            #expect(try await put(path, [.ifMatch: "\"any\""], api).status == .preconditionFailed)
            #expect(try await put(path, [.ifNoneMatch: "*"], api).status == .ok)
            #expect(try await put(path, [.ifNoneMatch: "*"], api).status == .preconditionFailed)
            #expect(try await put(path, [.ifMatch: "\"other\""], api).status == .preconditionFailed)
            #expect(try await store.head(key).size == 3)

            let (race, _) = try await link()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 { group.addTask { try await put(race, [.ifNoneMatch: "*"], api).status.code } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1 && statuses.count { $0 == 412 } == 99)
        }
    }

    @Test func `a sample or job that is as it was is not sent again, though its envelope would differ`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let job = try #require(
                try await api.upload(Sound.clicks(seconds: 0.1), token: token).data["job_id"] as? String)
            let path = "/api/jobs/\(job)"
            let pending = try await api.send(.get, path, token: token)
            let tag = try #require(pending.headers[.eTag])
            #expect(tag.hasPrefix("W/\""))
            #expect(pending.headers[.cacheControl] == "no-store")
            #expect(pending.json["success"] as? Bool == true && pending.meta["version"] as? String == "v1")
            let same = try await api.send(.get, path, token: token, headers: [.ifNoneMatch: tag])
            #expect(same.status == .notModified && same.bytes.isEmpty && same.headers[.eTag] == tag)
            #expect(same.headers[.cacheControl] == "no-store" && same.headers[.requestID] != nil)
            await api.runJobs()
            let done = try await api.send(.get, path, token: token, headers: [.ifNoneMatch: tag])
            #expect(done.status == .ok && done.data["status"] as? String == "completed")
            #expect(done.headers[.eTag] != tag)
            let stranger = try await api.signUp("eve@example.com")
            let foreign = try await api.send(.get, path, token: stranger, headers: [.ifNoneMatch: tag])
            #expect(foreign.status == .notFound)
        }
    }

    @Test func `HEAD has the headers of GET, its length too, and no body, at every route`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUpAdmin()
            let gets = api.finite.filter { $0.method == .get && !$0.path.contains("*") }
            #expect(gets.count > 30)
            for route in gets {
                let path = route.path.replacing(/[:{]\w+}?/, with: UUID().uuidString.lowercased())
                let get = try await api.send(.get, path, token: token)
                let head = try await api.send(.head, path, token: token)
                #expect(head.status == get.status && head.bytes.isEmpty, "\(path)")
                #expect(head.headers[.contentType] == get.headers[.contentType], "\(path)")
                guard path != "/api/metrics" else { continue }
                // Of a stream GET does not tell it; what is told must be right.
                #expect(head.headers[.contentLength].flatMap(Int.init) == get.bytes.count, "\(path)")
            }
        }
    }
}
