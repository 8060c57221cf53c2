import Foundation
import HTTPTypes
import Storage
import Testing

@testable import WaxwingHTTP

@Suite struct SongRouteTests {
    private func put(
        _ sound: [UInt8], as field: String, _ method: HTTPRequest.Method, _ path: String, in api: TestAPI,
        token: String,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        let head = "--b\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"take.wav\"\r\n\r\n"
        var headers = headers
        headers[.contentType] = "multipart/form-data; boundary=b"
        return try await api.send(
            method, path, token: token, headers: headers,
            bytes: Array(head.utf8) + sound + Array("\r\n--b--\r\n".utf8))
    }

    private func song(_ api: TestAPI, token: String, sound: [UInt8] = Sound.clicks(seconds: 2)) async throws -> String {
        #expect(try await api.send(.post, "/api/profiles", token: token, #"{"name": "Die Wächse"}"#).status == .created)
        let made = try await put(
            sound, as: "song", .post, "/api/profiles/Die%20W%C3%A4chse/files?title=Bohemia", in: api, token: token)
        #expect(made.status == .created, "\(made.text)")
        #expect(made.data["title"] as? String == "Bohemia")
        return try #require(made.data["id"] as? String)
    }

    @Test func `a song with stems is listed, played in parts, balanced, and goes with all its bytes`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let id = try await song(api, token: token)
            let drums = try await put(
                Sound.clicks(seconds: 2), as: "stem", .put, "/api/songs/\(id)/stems/drums", in: api, token: token)
            let stem = try #require((drums.data["stems"] as? [[String: Any]])?.first)
            #expect(stem["name"] as? String == "drums")
            let gain = try #require(stem["gain"] as? Double)
            let loudness = try #require(stem["loudness"] as? Double)
            #expect(abs(gain - min(max(-23 - loudness, -12), 12)) < 1e-9)
            let url = try #require(stem["url"] as? String)
            let whole = try await api.send(.get, url, token: token)
            #expect((whole.status, whole.bytes) == (.ok, Sound.clicks(seconds: 2)))
            #expect(whole.headers[.cacheControl] == "private, max-age=86400")
            #expect(whole.headers[.eTag] != nil)
            let part = try await api.send(.get, url, token: token, headers: [.range: "bytes=0-3"])
            #expect((part.status, part.bytes) == (.partialContent, Array("RIFF".utf8)))
            let picture = try await api.send(.get, try #require(stem["waveform_url"] as? String), token: token)
            #expect(picture.headers[.contentType] == "image/png")
            #expect(picture.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            let list = try await api.send(.get, "/api/profiles/Die%20W%C3%A4chse/files", token: token)
            #expect(list.list.map { $0["id"] as? String } == [id])
            let changed = try await api.send(
                .patch, "/api/songs/\(id)/stems/drums", token: token, #"{"gain": -3.5}"#)
            #expect((changed.data["stems"] as? [[String: Any]])?.first?["gain"] as? Double == -3.5)
            #expect(
                try await api.send(.patch, "/api/songs/\(id)/stems/drums", token: token, #"{"gain": 13}"#).status
                    == .badRequest)
            #expect(try await api.send(.delete, "/api/profiles/Die%20W%C3%A4chse", token: token).status == .conflict)
            #expect(try await api.send(.delete, "/api/songs/\(id)", token: token).status == .ok)
            await api.runJobs()
            #expect(try await api.objects.list(prefix: "processed/", after: nil, limit: 10).objects.isEmpty)
            let account = try await api.send(.get, "/api/user", token: token)
            let quota = account.data["quota"] as? [String: [String: Any]]
            #expect(quota?["storage_bytes"]?["used"] as? Int == 0)
            #expect(try await api.send(.delete, "/api/profiles/Die%20W%C3%A4chse", token: token).status == .ok)
        }
    }

    @Test func `a stem put again replaces the other, and its bytes go`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let id = try await song(api, token: token)
            for seconds in [1.0, 2.0] {
                let answer = try await put(
                    Sound.clicks(seconds: seconds), as: "stem", .put, "/api/songs/\(id)/stems/drums", in: api,
                    token: token)
                #expect((answer.data["stems"] as? [Any])?.count == 1)
            }
            await api.runJobs()
            // The song, the stem, its picture.
            #expect(try await api.objects.list(prefix: "processed/", after: nil, limit: 10).objects.count == 3)
        }
    }

    @Test func `a profile has a sound once, and a repeated request makes one song`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            _ = try await song(api, token: token)
            let path = "/api/profiles/Die%20W%C3%A4chse/files"
            let again = try await put(Sound.clicks(seconds: 2), as: "song", .post, path, in: api, token: token)
            #expect(again.status == .conflict)
            let key: HTTPFields = [try #require(HTTPField.Name("Idempotency-Key")): UUID().uuidString]
            let other = Sound.clicks(seconds: 3)
            let first = try await put(other, as: "song", .post, path, in: api, token: token, headers: key)
            let second = try await put(other, as: "song", .post, path, in: api, token: token, headers: key)
            #expect((first.status, first.bytes) == (.created, second.bytes))
            await api.runJobs()
            #expect(try await api.objects.list(prefix: "processed/", after: nil, limit: 10).objects.count == 2)
            let twice = try await api.send(.post, "/api/profiles", token: token, #"{"name": "Die Wächse"}"#)
            #expect(twice.status == .conflict)
        }
    }

    @Test func `nobody hears another's songs`() async throws {
        try await TestAPI.run { api in
            let (ada, eve) = (try await api.signUp(), try await api.signUp("eve@example.com"))
            let id = try await song(api, token: ada)
            #expect(
                try await api.send(.post, "/api/profiles", token: eve, #"{"name": "Die Wächse"}"#).status == .created)
            for (method, path, body) in [
                (.get, "/api/songs/\(id)", ""), (.delete, "/api/songs/\(id)", ""),
                (.patch, "/api/songs/\(id)/stems/drums", #"{"gain": 1}"#),
                (.get, "/media/Die%20W%C3%A4chse/\(id)/song", ""),
            ] as [(HTTPRequest.Method, String, String)] {
                #expect(try await api.send(method, path, token: eve, body).status == .notFound, "\(method) \(path)")
                #expect(try await api.send(method, path, body).status == .unauthorized, "\(method) \(path)")
            }
            let stem = try await put(
                Sound.clicks(seconds: 1), as: "stem", .put, "/api/songs/\(id)/stems/drums", in: api, token: eve)
            #expect(stem.status == .notFound)
            #expect(try await api.send(.get, "/media/other/\(id)/song", token: ada).status == .notFound)
            #expect(
                try await api.send(.get, "/media/Die%20W%C3%A4chse/\(id)/..%2Fsong", token: ada).status == .notFound)
            #expect(try await api.send(.get, "/media/Die%20W%C3%A4chse/\(id)/song", token: ada).status == .ok)
        }
    }

    @Test(arguments: ["a/b", ".", "..", "", "a\\u0000b"])
    func `a profile's name fits an address`(name: String) async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let answer = try await api.send(.post, "/api/profiles", token: token, #"{"name": "\#(name)"}"#)
            #expect(answer.status == .badRequest)
        }
    }

    @Test func `what is no sound leaves nothing`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let id = try await song(api, token: token)
            let before = try await api.objects.list(prefix: "", after: nil, limit: 10).objects.map(\.key)
            for path in ["drums", "Drums", "%2e%2e", String(repeating: "d", count: 33)] {
                let answer = try await put(
                    path == "drums" ? Array("no sound".utf8) : Sound.clicks(seconds: 1), as: "stem", .put,
                    "/api/songs/\(id)/stems/\(path)", in: api, token: token)
                #expect([.unsupportedMediaType, .badRequest].contains(answer.status), "\(path) \(answer.status)")
            }
            #expect(try await api.objects.list(prefix: "", after: nil, limit: 10).objects.map(\.key) == before)
        }
    }
}
