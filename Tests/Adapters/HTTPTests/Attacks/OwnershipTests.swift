import Foundation
import HTTPTypes
import StorageTestKit
import Testing

@testable import WaxwingHTTP

/// Two users, and every route that takes an identifier, by every method: what is one's own is as if it were not there for the
/// other (TRUST: IDOR read, write, indirect).
@Suite struct OwnershipTests {
    @Test func `another's ids are answered as ids that nobody has, by every route and method`() async throws {
        // At midnight what a day allows would begin anew, and tell of it.
        let clock = ManualClock()
        try await TestAPI.run(clock: clock) { api in
            let (ada, bob) = (try await api.signUp(), try await api.signUp("bob@example.com"))
            let owned = try await OwnedThings(of: ada, api)
            let before = try await owned.state(api)
            clock.advance(by: .seconds(1))
            // Names of profiles are one's own: another's is one that is free. So are those of rooms: `RoomRouteTests`.
            let routes = api.declared.filter {
                $0.access.needsSignIn && !$0.pathParameters.isEmpty && $0.path != "/api/profiles/{name}/files"
                    && $0.pathParameters != ["room"]
            }
            #expect(routes.count >= 10)
            for route in routes {
                let (headers, body) = try route.exampleRequest()
                for id in owned.ids {
                    let theirs = try await api.send(route.method, route.path(id), token: bob, headers: headers, body)
                    let nobodys = try await api.send(
                        route.method, route.path(.random), token: bob, headers: headers, body)
                    #expect(theirs.said == nobodys.said, "\(route.method) \(route.path) with \(id)")
                    #expect(
                        [.notFound, .forbidden, .badRequest].contains(theirs.status),
                        "\(route.method) \(route.path): \(theirs.status)")
                    // A body that is refused would hide that the id is not looked at.
                    if theirs.status == .badRequest {
                        #expect(theirs.error["field"] != nil, "\(route.method) \(route.path): \(theirs.text)")
                    }
                }
            }
            #expect(try await owned.state(api) == before)
        }
    }

    @Test func `lists show one's own, and cursors are good for nobody else`() async throws {
        try await TestAPI.run { api in
            let (ada, bob) = (try await api.signUp(), try await api.signUp("bob@example.com"))
            let owned = try await OwnedThings(of: ada, api)
            let lists = api.finite.filter {
                $0.access == .signedIn && $0.method == .get && $0.pathParameters.isEmpty
                    && !$0.path.hasPrefix("/api/admin")
            }
            #expect(lists.count >= 8)
            for route in lists {
                let answer = try await api.send(.get, route.path, token: bob)
                for id in owned.ids { #expect(!answer.text.contains(id), "\(route.path) tells of another's \(id)") }
                guard route.query.contains(where: { $0.name == "cursor" }) else { continue }
                let first = try await api.send(.get, "\(route.path)?limit=1", token: ada)
                guard let cursor = first.meta["next_cursor"] as? String else { continue }
                let stolen = try await api.send(.get, "\(route.path)?cursor=\(cursor)", token: bob)
                #expect(stolen.status == .badRequest, "\(route.path)")
            }
        }
    }

    @Test func `only administrators' tokens open what is the administrators'`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.signUp()
            let routes = api.declared.filter { $0.path.hasPrefix("/api/admin") }
            #expect(routes.count >= 5)
            for route in routes {
                let (headers, body) = try route.exampleRequest()
                let answer = try await api.send(
                    route.method, route.path(.random), token: ada, headers: headers, body)
                #expect(answer.status == .forbidden, "\(route.method) \(route.path): \(answer.status)")
            }
        }
    }
}

/// Something of each kind that a user can have.
private struct OwnedThings {
    let token: String
    let ids: [String]

    init(of token: String, _ api: TestAPI) async throws {
        self.token = token
        let job = try await api.upload(Sound.clicks(), token: token)
        await api.runJobs()
        let samples = try await api.send(.get, "/api/samples", token: token)
        let upload = try await api.send(
            .post, "/api/uploads", token: token,
            #"{"filename": "loop.wav", "size": 100000, "content_type": "audio/wav", "parts": true}"#)
        let key = try await api.send(.post, "/api/auth/keys", token: token, #"{"name": "laptop"}"#)
        let session = try await api.send(.get, "/api/auth/session", token: token)
        let found = [
            job.data["job_id"], samples.list.first?["id"], upload.data["upload_id"], key.data["id"],
            session.data["session"], session.data["user"],
        ]
        ids = found.compactMap { $0 as? String }
        try #require(ids.count == found.count)
    }

    /// All that the owner sees of them.
    func state(_ api: TestAPI) async throws -> [String] {
        var state: [String] = []
        for path in ["/api/jobs", "/api/samples", "/api/auth/keys", "/api/auth/sessions", "/api/user"] {
            let answer = try await api.send(.get, path, token: token)
            #expect(answer.status == .ok)
            let data = try JSONSerialization.data(withJSONObject: answer.json["data"] ?? 0, options: .sortedKeys)
            // Being looked at is a use of the session.
            state.append(String(decoding: data, as: UTF8.self).replacing(/"used_at":("[^"]*"|null)/, with: ""))
        }
        return state
    }
}

extension Route {
    /// With `id` for every parameter.
    func path(_ id: String) -> String { path.replacing(/\{\w+\}/, with: id) }

    /// One that would be accepted.
    func exampleRequest() throws -> (HTTPFields, String) {
        guard let media = body?.media.first else { return ([:], "") }
        guard media.type == "multipart/form-data" else {
            return (
                [:], try media.example.map { String(decoding: try JSONEncoder().encode($0()), as: UTF8.self) } ?? ""
            )
        }
        guard case .object(let members) = try media.schema(SchemaComponents()), let file = members.first else {
            return ([:], "")
        }
        let form =
            "--b\r\nContent-Disposition: form-data; name=\"\(file.name)\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n--b--\r\n"
        return ([.contentType: "multipart/form-data; boundary=b"], form)
    }
}

extension String {
    static var random: String { UUID().uuidString.lowercased() }
}
