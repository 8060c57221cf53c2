import Foundation
import HTTPTypes
import Storage
import StorageTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite(.timeLimit(.minutes(20))) struct RoomRouteTests {
    @Test func `two devices of an account meet in a room`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let bearer = ["Authorization: Bearer \(token)"]
            let one = try await RawClient.webSocket("/api/rooms/tea", port: api.port, bearer)
            let welcome = try json(try await one.text())
            #expect(welcome["type"] as? String == "welcome")
            let data = try #require(welcome["data"] as? [String: Any])
            #expect((data["people"] as? [Any])?.count == 1 && (data["messages"] as? [Any])?.isEmpty == true)
            #expect((data["state"] as? [String: Any])?["version"] as? Int == 0)
            let other = try await RawClient.webSocket("/api/rooms/tea", port: api.port, bearer)
            _ = try await other.text()
            try await one.say(#"{"type":"message","text":"hello","ref":"1"}"#)
            for client in [one, other] {
                let said = try json(try await client.text())
                let message = try #require(said["data"] as? [String: Any])
                #expect(said["type"] as? String == "message" && message["text"] as? String == "hello")
                #expect(message["ref"] as? String == "1" && message["name"] is NSNull)
            }
            try await other.say(#"{"type":"state","state":{"bpmNow":92.0}}"#)
            #expect(
                try await one.text()?.hasPrefix(#"{"type":"state","data":{"data":{"bpmNow":92},"version":1,"#) == true)
            #expect(try await other.text()?.hasPrefix(#"{"type":"state","#) == true)
            try await other.say(#"{"type":"typing"}"#)
            #expect(try await one.text()?.hasPrefix(#"{"type":"typing","data":{"user":""#) == true)
            #expect(try await other.text()?.hasPrefix(#"{"type":"typing","#) == true)
            try await one.say(#"{"type":"ping"}"#)
            #expect(try await one.text() == #"{"type":"pong"}"#)
            try await one.send(WebSocketClose.normal.frame)
            #expect(try await one.closeCode() == 1000)
            let presence = try await api.send(.get, "/api/rooms/tea/presence", token: token)
            #expect((presence.data["people"] as? [[String: Any]])?.count == 1)
        }
    }

    @Test func `who has no socket says and reads the same, and goes on after a number`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            var numbers: [Int] = []
            for text in ["a", "b", "c"] {
                let said = try await api.send(
                    .post, "/api/rooms/tea/messages", token: token, #"{"text": "\#(text)"}"#)
                #expect(said.status == .created)
                numbers.append(try #require(said.data["number"] as? Int))
            }
            let page = try await api.send(.get, "/api/rooms/tea/messages?limit=2", token: token)
            #expect(page.list.compactMap { $0["text"] as? String } == ["c", "b"])
            let cursor = try #require(page.meta["next_cursor"] as? String)
            let rest = try await api.send(.get, "/api/rooms/tea/messages?cursor=\(cursor)", token: token)
            #expect(rest.list.compactMap { $0["text"] as? String } == ["a"])
            #expect(
                try await api.send(.get, "/api/rooms/other/messages?cursor=\(cursor)", token: token).status
                    == .badRequest)
            let socket = try await RawClient.webSocket(
                "/api/rooms/tea?after=\(numbers[0])", port: api.port, ["Authorization: Bearer \(token)"])
            let data = try #require(try json(try await socket.text())["data"] as? [String: Any])
            #expect((data["messages"] as? [[String: Any]])?.compactMap { $0["number"] as? Int } == Array(numbers[1...]))
            try await socket.abort()
        }
    }

    @Test func `a message sent again under its key is said once`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let answers = try await [1, 2].map { _ in #"{"text": "once"}"# }.asyncMap {
                try await api.send(
                    .post, "/api/rooms/tea/messages", token: token, headers: [.idempotencyKey: "k"], $0)
            }
            #expect(answers[0].bytes == answers[1].bytes)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM room_messages") == 1)
        }
    }

    @Test func `rooms are one's own: another account's of the same name tell nothing of each other`() async throws {
        try await TestAPI.run { api in
            let (ada, bob) = (try await api.signUp(), try await api.signUp("bob@example.com"))
            let socket = try await RawClient.webSocket(
                "/api/rooms/tea", port: api.port, ["Authorization: Bearer \(ada)"])
            _ = try await socket.text()
            _ = try await api.send(.post, "/api/rooms/tea/messages", token: bob, #"{"text": "bob's"}"#)
            _ = try await api.send(.post, "/api/rooms/tea/messages", token: ada, #"{"text": "ada's"}"#)
            #expect(try await socket.text()?.contains("ada's") == true)
            let page = try await api.send(.get, "/api/rooms/tea/messages", token: bob)
            #expect(page.list.compactMap { $0["text"] as? String } == ["bob's"])
            let presence = try await api.send(.get, "/api/rooms/tea/presence", token: bob)
            #expect((presence.data["people"] as? [Any])?.isEmpty == true)
            let ids = try await api.send(.get, "/api/auth/session", token: ada)
            let user = try #require(ids.data["user"] as? String)
            #expect(!page.text.contains(user))
            try await socket.abort()
        }
    }

    @Test func `a plain request is told to open a socket, and nobody comes in who may not`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let plain = try await api.send(.get, "/api/rooms/tea", token: token)
            #expect(plain.status == .upgradeRequired)
            #expect(try await api.send(.get, "/api/rooms/a%20b", token: token).status == .badRequest)
            #expect(try await api.send(.get, "/api/rooms/a%20b/presence", token: token).status == .badRequest)
            let made = try await api.send(
                .post, "/api/auth/keys", token: token, #"{"name": "k", "scopes": ["library:read"]}"#)
            let key = try #require(made.data["key"] as? String)
            for path in ["/api/rooms/tea/presence", "/api/rooms/tea/messages"] {
                #expect(try await api.send(.get, path, headers: [.apiKey: key]).status == .forbidden)
                #expect(try await api.send(.get, path).status == .unauthorized)
            }
            let head = try await RawClient.connect(to: api.port).get(
                "/api/rooms/tea", RawClient.upgrade + ["X-API-Key: \(key)"])
            #expect(head.hasPrefix("HTTP/1.1 403 "))
            #expect(try await api.count("SELECT COUNT(*) AS n FROM rooms") == 0)
        }
    }

    @Test func `ten sockets are enough, and one that ends without a word gives its place back`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let bearer = ["Authorization: Bearer \(token)"]
            var sockets: [RawClient] = []
            for number in 1...10 {
                sockets.append(try await RawClient.webSocket("/api/rooms/room\(number)", port: api.port, bearer))
            }
            let refused = try await RawClient.connect(to: api.port)
            #expect(try await refused.get("/api/rooms/tea", RawClient.upgrade + bearer).hasPrefix("HTTP/1.1 429 "))
            try await sockets[0].abort()
            while try await api.count("SELECT COUNT(*) AS n FROM room_visits") == 10 {
                try await Task.sleep(for: .milliseconds(10))
            }
            // The place is free a moment after the row is gone.
            var head = ""
            while true {
                let next = try await RawClient.connect(to: api.port)
                head = try await next.get("/api/rooms/tea", RawClient.upgrade + bearer)
                guard head.hasPrefix("HTTP/1.1 429 ") else { break }
                try? await next.abort()
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(head.hasPrefix("HTTP/1.1 101 "))
        }
    }

    @Test func `what is wrong is told with its name, floods are slowed, and too much at once ends the socket`()
        async throws
    {
        try await TestAPI.run(clock: ManualClock()) { api in
            let token = try await api.signUp()
            let socket = try await RawClient.webSocket(
                "/api/rooms/tea", port: api.port, ["Authorization: Bearer \(token)"])
            _ = try await socket.text()
            let long = String(repeating: "x", count: Rooms.longestMessage + 1)
            for (strange, ref) in [
                ("", "null"), ("[]", "null"), (#"{"type":"later","ref":"7"}"#, #""7""#),
                (#"{"type":"message","text":" ","ref":"8"}"#, #""8""#), (#"{"type":"message"}"#, "null"),
                (#"{"type":"message","text":"\#(long)"}"#, "null"), (#"{"type":"message","text":"\u0000"}"#, "null"),
                (#"{"type":"message","text":"x","ref":"é"}"#, #""é""#), (#"{"type":"state","state":[]}"#, "null"),
                (#"{"type":"state"}"#, "null"), (String(repeating: "[", count: 2_000), "null"),
            ] {
                try await socket.say(strange)
                let answer = try await socket.text() ?? ""
                #expect(answer.hasPrefix(#"{"type":"error","data":{"code":"VALIDATION_ERROR","#), "\(strange)")
                #expect(answer.hasSuffix(#""ref":\#(ref)}}"#), "\(answer)")
            }
            for number in 0..<30 { try await socket.say(#"{"type":"message","text":"\#(number)"}"#) }
            var (said, refused) = (0, 0)
            while said + refused < 30 {
                let answer = try await socket.text() ?? ""
                if answer.hasPrefix(#"{"type":"message""#) { said += 1 }
                if answer.contains("RATE_LIMIT_EXCEEDED") { refused += 1 }
            }
            #expect((said, refused) == (20, 10))
            try await socket.say(String(repeating: "x", count: 100_000))
            #expect(try await socket.closeCode() == 1009)
        }
    }

    private func json(_ text: String?) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data((text ?? "").utf8)) as? [String: Any])
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
