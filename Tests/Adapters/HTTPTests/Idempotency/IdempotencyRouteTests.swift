import Billing
import Foundation
import HTTPTypes
import HummingbirdTesting
import LogTestKit
import Storage
import StorageTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

extension TestAPI {
    func makeKey(
        _ name: String = "laptop", key: String, token: String, more headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        headers[.idempotencyKey] = key
        return try await send(.post, "/api/auth/keys", token: token, headers: headers, #"{"name": "\#(name)"}"#)
    }

    /// As curl does, with another boundary each time.
    func uploadOnce(
        _ file: [UInt8], key: String, token: String, named name: String = "loop.wav", to path: String = "/api/upload"
    ) async throws -> Answer {
        let boundary = "------------------------\(UUID().uuidString.prefix(16))"
        let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"\(name)\"\r\n\r\n"
        return try await send(
            .post, path, token: token,
            headers: [.contentType: "multipart/form-data; boundary=\(boundary)", .idempotencyKey: key],
            bytes: Array(head.utf8) + file + Array("\r\n--\(boundary)--\r\n".utf8))
    }

    func objectCount() async throws -> Int {
        try await objects.list(prefix: "", after: nil, limit: 10).objects.count
    }

    func apiKeys() async throws -> Int { try await count("SELECT COUNT(*) AS n FROM api_keys") }
}

extension Answer {
    var isReplayed: Bool { headers[.idempotentReplayed] == "true" }
}

@Suite struct IdempotencyRouteTests {
    @Test func `a repeat gets the same bytes, and nothing is made twice`() async throws {
        let log = LogCollector()
        try await TestAPI.run(logger: log.logger) { api in
            let token = try await api.signUp()
            let first = try await api.makeKey(key: "one", token: token)
            #expect((first.status, first.isReplayed) == (.created, false))
            for _ in 1...3 {
                let again = try await api.makeKey(key: "one", token: token)
                #expect((again.status, again.isReplayed) == (.created, true))
                #expect(again.bytes == first.bytes)
                #expect(again.headers[.contentType] == first.headers[.contentType])
                #expect(again.headers[.requestID] != first.headers[.requestID])
            }
            #expect(try await api.apiKeys() == 1)
            #expect(try await api.makeKey(key: "two", token: token).bytes != first.bytes)
            #expect(log.lines.count { $0.contains("replayed=true") } == 3)
            #expect(try await api.send(.get, "/api/metrics").text.contains("waxwing_http_replays_total 3\n"))
        }
        #expect(!log.lines.contains { $0.contains("Idempotency-Key") || $0.contains("wx_") })
    }

    @Test func `the same file with another boundary is the same upload`() async throws {
        try await TestAPI.run { api in
            let (token, sound) = (try await api.signUp(), Sound.clicks())
            let first = try await api.uploadOnce(sound, key: "one", token: token)
            #expect(first.status == .accepted)
            let again = try await api.uploadOnce(sound, key: "one", token: token)
            #expect(again.isReplayed && again.bytes == first.bytes)
            for (file, name) in [
                (Sound.clicks(bpm: 90), "loop.wav"), (sound + [0, 0], "loop.wav"), (sound, "kick.wav"),
            ] {
                let other = try await api.uploadOnce(file, key: "one", token: token, named: name)
                #expect((other.status, other.code) == (.unprocessableContent, "UNPROCESSABLE"))
            }
            #expect(try await api.send(.get, "/api/jobs", token: token).list.count == 1)
            #expect(try await api.objectCount() == 1)
        }
    }

    @Test func `errors that follow from the request are repeated, byte for byte`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let missing = "/api/auth/keys/\(UUID())"
            for (method, path, body) in [
                (HTTPRequest.Method.delete, missing, ""), (.post, "/api/auth/keys", "{}"),
                (.post, "/api/auth/keys", "no JSON"),
                (.post, "/api/auth/register", #"{"email": "ada@example.com", "password": "correct horse 9"}"#),
            ] {
                let headers: HTTPFields = [.idempotencyKey: "\(UUID())"]
                let first = try await api.send(method, path, token: token, headers: headers, body)
                #expect((400..<500).contains(first.status.code))
                let again = try await api.send(method, path, token: token, headers: headers, body)
                #expect(again.isReplayed && again.bytes == first.bytes && again.status == first.status)
            }
        }
    }

    @Test func `who is to sign in or to wait is not answered so for a day`() async throws {
        let clock = ManualClock()
        try await TestAPI.run(plan: Plan(analysesPerMonth: 1), clock: clock) { api async throws in
            let (token, sound) = (try await api.signUp(), Sound.clicks())
            let wrong = #"{"email": "ada@example.com", "password": "wrong horse 99"}"#
            for _ in 1...2 {
                let refused = try await api.send(.post, "/api/auth/login", headers: [.idempotencyKey: "l"], wrong)
                #expect((refused.status, refused.isReplayed) == (.unauthorized, false))
            }
            _ = try await api.uploadOnce(sound, key: "first", token: token, to: "/api/process")
            let refused = try await api.uploadOnce(sound, key: "second", token: token, to: "/api/process")
            #expect((refused.status, refused.code) == (.tooManyRequests, "QUOTA_EXCEEDED"))
            clock.advance(by: .seconds(31 * 86_400))
            let login = try await api.send(
                .post, "/api/auth/login", #"{"email": "ada@example.com", "password": "correct horse 9"}"#)
            let later = try #require(login.data["access_token"] as? String)
            #expect(try await api.uploadOnce(sound, key: "second", token: later, to: "/api/process").status == .ok)
        }
    }

    @Test func `what is refused before it has come in is judged anew`() async throws {
        try await TestAPI.run { api in
            let (token, noise) = (try await api.signUp(), [UInt8](repeating: 7, count: 200_000))
            for _ in 1...2 {
                let refused = try await api.uploadOnce(noise, key: "one", token: token)
                #expect((refused.status, refused.isReplayed) == (.unsupportedMediaType, false))
            }
            #expect(try await api.uploadOnce(Sound.clicks(), key: "one", token: token).status == .accepted)
        }
    }

    @Test func `another body, path or method under a key is refused`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let first = try await api.makeKey(key: "one", token: token)
            let id = try #require(first.data["id"] as? String)
            let headers: HTTPFields = [.idempotencyKey: "one"]
            for (method, path, body) in [
                (HTTPRequest.Method.post, "/api/auth/keys", #"{"name": "phone"}"#),
                (.post, "/api/auth/keys?a=1", #"{"name": "laptop"}"#), (.post, "/api/uploads", #"{"name": "laptop"}"#),
                (.delete, "/api/auth/keys/\(id)", ""),
            ] {
                let other = try await api.send(method, path, token: token, headers: headers, body)
                #expect((other.status, other.code) == (.unprocessableContent, "UNPROCESSABLE"))
                #expect(other.error["field"] as? String == "Idempotency-Key")
            }
            #expect(try await api.send(.get, "/api/auth/keys", token: token).list.count == 1)
        }
    }

    @Test(arguments: [String(repeating: "k", count: 256), "two words", "a,b c"])
    func `a key of another form is refused by name`(key: String) async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let answer = try await api.makeKey(key: key, token: token)
            #expect((answer.status, answer.code) == (.badRequest, "VALIDATION_ERROR"))
            #expect(answer.error["field"] as? String == "Idempotency-Key")
            #expect(try await api.apiKeys() == 0)
        }
    }

    @Test func `two keys are none`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            var headers: HTTPFields = [.idempotencyKey: "one"]
            headers.append(HTTPField(name: .idempotencyKey, value: "two"))
            let answer = try await api.send(
                .post, "/api/auth/keys", token: token, headers: headers, #"{"name": "laptop"}"#)
            #expect(answer.status == .badRequest)
            #expect(try await api.apiKeys() == 0)
        }
    }

    @Test func `users have keys of their own, and so do credentials that may less`() async throws {
        try await TestAPI.run { api in
            let (ada, grace) = (try await api.signUp(), try await api.signUp("grace@example.com"))
            let first = try await api.makeKey(key: "one", token: ada)
            let other = try await api.makeKey(key: "one", token: grace)
            #expect(other.status == .created && !other.isReplayed && other.bytes != first.bytes)
            // A program of the same user gets no answer that was meant for the user.
            let program = try #require(first.data["key"] as? String)
            let answer = try await api.makeKey(key: "one", token: program)
            #expect((answer.status, answer.isReplayed) == (.unprocessableContent, false))
            #expect(!answer.text.contains("wx_"))
            // Signed in anew, the user does.
            let login = try await api.send(
                .post, "/api/auth/login", #"{"email": "ada@example.com", "password": "correct horse 9"}"#)
            let again = try await api.makeKey(key: "one", token: try #require(login.data["access_token"] as? String))
            #expect(again.bytes == first.bytes)
        }
    }

    @Test func `who is not signed in has keys by address, and their cookie comes again`() async throws {
        try await TestAPI.run { api in
            let form = #"{"email": "ada@example.com", "password": "correct horse 9"}"#
            let first = try await api.send(.post, "/api/auth/register", headers: [.idempotencyKey: "r"], form)
            let again = try await api.send(.post, "/api/auth/register", headers: [.idempotencyKey: "r"], form)
            #expect(first.status == .created && again.isReplayed && again.bytes == first.bytes)
            let headers: HTTPFields = [.idempotencyKey: "s", .origin: "http://localhost"]
            let session = try await api.send(.post, "/api/auth/session", headers: headers, form)
            let repeated = try await api.send(.post, "/api/auth/session", headers: headers, form)
            #expect(repeated.isReplayed && repeated.cookie != nil && repeated.cookie == session.cookie)
            let guess = form.replacing("horse 9", with: "horse 8")
            let refused = try await api.send(.post, "/api/auth/session", headers: headers, guess)
            #expect((refused.status, refused.cookie) == (.unprocessableContent, nil))
        }
    }

    @Test func `requests that change nothing need no key, and ignore one`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let headers: HTTPFields = [.idempotencyKey: "two words"]
            #expect(try await api.send(.get, "/api/user", token: token, headers: headers).status == .ok)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM idempotency_keys") == 0)
        }
    }

    @Test func `a key is not claimed by who is not let in`() async throws {
        try await TestAPI.run { api async throws in
            #expect(try await api.makeKey(key: "one", token: "nobody").status == .unauthorized)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM idempotency_keys") == 0)
        }
    }

    @Test func `a hundred at once have one effect and one answer`() async throws {
        // A claim that is not renewed in time would be taken over.
        try await TestAPI.run(clock: ManualClock()) { api in
            let (token, sound) = (try await api.signUp(), Sound.clicks(seconds: 1))
            let answers = try await withThrowingTaskGroup(of: [Answer].self) { group in
                for _ in 1...100 {
                    group.addTask {
                        try await api.connected { api in
                            [
                                try await api.makeKey(key: "keys", token: token),
                                try await api.uploadOnce(sound, key: "upload", token: token),
                            ]
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (index, status) in [HTTPResponse.Status.created, .accepted].enumerated() {
                let mine = answers.map { $0[index] }
                let done = mine.filter { $0.status == status }
                #expect(Set(done.map(\.bytes)).count == 1)
                #expect(done.count { !$0.isReplayed } == 1)
                let waiting = mine.filter { $0.status == .conflict }
                #expect(waiting.allSatisfy { $0.code == "CONFLICT" && $0.headers[.named("Retry-After")] == "2" })
                #expect(done.count + waiting.count == 100)
            }
            #expect(try await api.apiKeys() == 1)
            #expect(try await api.send(.get, "/api/jobs", token: token).list.count == 1)
            #expect(try await api.objectCount() == 1)
        }
    }
}
