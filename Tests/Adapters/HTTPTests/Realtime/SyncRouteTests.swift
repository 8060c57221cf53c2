import Foundation
import HTTPTypes
import Storage
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite(.timeLimit(.minutes(20))) struct SyncRouteTests {
    private func change(_ id: Int, _ data: String = #"{"Some_Key":{"innerKey":1.50}}"#, _ more: String = "") -> String {
        #"{"changes": [{"type": "note", "id": "\#(id)", "data": \#(data)\#(more)}]}"#
    }

    @Test func `what is pushed is pulled, with its names as they are`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let pushed = try await api.send(
                .post, "/api/sync", token: token, headers: [.deviceID: "phone"], change(1))
            #expect(pushed.status == .ok)
            let result = try #require((pushed.data["results"] as? [[String: Any]])?.first)
            #expect(result["outcome"] as? String == "applied" && result["version"] as? Int == 1)
            let pulled = try await api.send(.get, "/api/sync?since=0", token: token)
            #expect(pulled.text.contains(#""data":{"Some_Key":{"innerKey":1.5}}"#))
            let row = try #require((pulled.data["changes"] as? [[String: Any]])?.first)
            #expect(row["device"] as? String == "phone" && row["deleted_at"] is NSNull)
            #expect(row["checksum"] as? String == Checksum.sha256(#"{"Some_Key":{"innerKey":1.5}}"#))
            #expect(pulled.data["seq"] as? Int == 1 && pulled.data["reset"] as? Bool == false)
            #expect(pulled.meta["next_cursor"] is NSNull)
            let status = try await api.send(.get, "/api/sync/status", token: token)
            #expect(status.data["rows"] as? Int == 1 && status.data["max_rows"] as? Int == Sync.mostRows)
            let gone = try await api.send(
                .post, "/api/sync/batch", token: token,
                #"{"changes": [{"type": "note", "id": "1", "deleted": true, "if_version": 1}]}"#)
            #expect(gone.data["seq"] as? Int == 2)
        }
    }

    @Test func `pages go on by cursor`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for id in 1...5 { _ = try await api.send(.post, "/api/sync", token: token, change(id)) }
            var (ids, path): ([String], String?) = ([], "/api/sync?limit=2")
            while let next = path {
                let page = try await api.send(.get, next, token: token)
                ids += (page.data["changes"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
                path = (page.meta["next_cursor"] as? String).map { "/api/sync?limit=2&cursor=\($0)" }
            }
            #expect(ids == ["1", "2", "3", "4", "5"])
        }
    }

    @Test(arguments: [HTTPField.Name.idempotencyKey, .xIdempotencyKey])
    func `a request sent again under its key is answered as before, and changes nothing`(
        _ name: HTTPField.Name
    ) async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let first = try await api.send(.post, "/api/sync", token: token, headers: [name: "a"], change(1))
            _ = try await api.send(.post, "/api/sync", token: token, change(1, #"{"later":true}"#))
            let again = try await api.send(.post, "/api/sync", token: token, headers: [name: "a"], change(1))
            #expect(first.headers[.xIdempotentReplay] == nil && again.headers[.xIdempotentReplay] == "true")
            #expect(again.bytes == first.bytes)
            let pulled = try await api.send(.get, "/api/sync", token: token)
            #expect(pulled.text.contains(#"{"later":true}"#) && pulled.data["seq"] as? Int == 2)
            let other = try await api.send(.post, "/api/sync", token: token, headers: [name: "a"], change(2))
            #expect(other.status == .unprocessableContent)
            // Another's key of the same name is another's.
            let bob = try await api.signUp("bob@example.com")
            let theirs = try await api.send(.post, "/api/sync", token: bob, headers: [name: "a"], change(1))
            #expect(theirs.headers[.xIdempotentReplay] == nil && theirs.data["seq"] as? Int == 1)
        }
    }

    @Test func `an answer that was lost is given from what was done`() async throws {
        let losing = LosingAnswers()
        let clock = SystemClock()
        try await TestAPI.run(clock: clock, over: losing.over) { api in
            let token = try await api.signUp()
            _ = try await api.send(.post, "/api/sync", token: token, change(1))
            let body = change(1, #"{"b":1}"#, #", "if_version": 1"#)
            losing.isLosing = true
            let lost = try await api.send(.post, "/api/sync", token: token, headers: [.xIdempotencyKey: "a"], body)
            losing.isLosing = false
            // As when a lease has gone by.
            _ = try await api.database.write { try $0.execute("UPDATE idempotency_keys SET lease_until = 0") }
            let again = try await api.send(.post, "/api/sync", token: token, headers: [.xIdempotencyKey: "a"], body)
            #expect((again.data["results"] as? [[String: Any]])?.first?["outcome"] as? String == "applied")
            #expect(again.data["seq"] as? Int == 2)
            #expect(again.data as NSDictionary == lost.data as NSDictionary)
        }
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"changes": []}"#, #"{"changes": [1]}"#, #"{"changes": [{"type": "a", "id": "1"}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": {}, "deleted": true}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": null}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": []}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": {"n": 9007199254740993}}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": {"n": 1e999}}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": {"a": 1, "a": 2}}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": {"a": "\u0000"}}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": {}, "if_version": -1}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": {}, "if_version": 9223372036854775808}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": {}, "if_version": 1.5}]}"#,
        #"{"changes": [{"type": "a", "id": "1", "data": {}, "seq": 1}]}"#,
        #"{"changes": [{"type": "a", "id": "é", "data": {}}]}"#, #"{"changes": [], "user": "x"}"#,
    ])
    func `what is no change is refused whole`(_ body: String) async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let answer = try await api.send(.post, "/api/sync", token: token, body)
            #expect(answer.status == .badRequest, "\(answer.text)")
            #expect(try await api.count("SELECT COUNT(*) AS n FROM sync_rows") == 0)
        }
    }

    @Test func `versions at the end of all numbers are conflicts, and no fault of ours`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            _ = try await api.send(.post, "/api/sync", token: token, change(1))
            let answer = try await api.send(
                .post, "/api/sync", token: token, change(1, "{}", #", "if_version": 9223372036854775807"#))
            let result = try #require((answer.data["results"] as? [[String: Any]])?.first)
            #expect(
                result["outcome"] as? String == "conflict" && (result["row"] as? [String: Any])?["version"] as? Int == 1
            )
            for since in ["9223372036854775807", "9223372036854775808", "-1", "x"] {
                let pulled = try await api.send(.get, "/api/sync?since=\(since)", token: token)
                #expect(pulled.status == (since.hasSuffix("7") ? .ok : .badRequest))
                if pulled.status == .ok { #expect(pulled.data["reset"] as? Bool == true) }
            }
        }
    }

    @Test func `too much is refused before it is read, or told by its place`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let long = change(1, #"{"a":"\#(String(repeating: "x", count: SyncChange.largest))"}"#)
            let refused = try await api.send(.post, "/api/sync", token: token, long)
            #expect(
                refused.status == .badRequest
                    && (refused.error["message"] as? String)?.hasPrefix("changes[0]: ") == true)
            let huge = change(1, #"{"a":"\#(String(repeating: "x", count: 1 << 20))"}"#)
            // The connection goes with the rest of the body.
            let status = try await api.connected {
                try await $0.send(.post, "/api/sync/batch", token: token, huge).status
            }
            #expect(status == .contentTooLarge)
            let deep = change(1, String(repeating: #"{"a":"#, count: 80) + "1" + String(repeating: "}", count: 80))
            #expect(try await api.send(.post, "/api/sync", token: token, deep).status == .badRequest)
            let many = (1...101).map { #"{"type": "note", "id": "\#($0)", "data": {}}"# }.joined(separator: ",")
            let body = #"{"changes": [\#(many)]}"#
            #expect(try await api.send(.post, "/api/sync", token: token, body).status == .badRequest)
            #expect(try await api.send(.post, "/api/sync/batch", token: token, body).data["seq"] as? Int == 101)
        }
    }

    @Test func `nobody reads or writes without the scope for it`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            var keys: [String: String] = [:]
            for scope in ["sync:read", "sync:write", "library:read"] {
                let made = try await api.send(
                    .post, "/api/auth/keys", token: token, #"{"name": "k", "scopes": ["\#(scope)"]}"#)
                keys[scope] = try #require(made.data["key"] as? String)
            }
            for (scope, key) in keys {
                let pull = try await api.send(.get, "/api/sync", headers: [.apiKey: key])
                let push = try await api.send(.post, "/api/sync", headers: [.apiKey: key], change(1))
                #expect(pull.status == (scope == "sync:read" ? .ok : .forbidden))
                #expect(push.status == (scope == "sync:write" ? .ok : .forbidden))
            }
            #expect(try await api.send(.get, "/api/sync").status == .unauthorized)
        }
    }

    @Test func `a socket tells what other devices do, and what was missed`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let many = (1...300).map { #"{"type": "note", "id": "\#($0)", "data": {"n": \#($0)}}"# }
            let batch = try await api.send(
                .post, "/api/sync/batch", token: token, #"{"changes": [\#(many.joined(separator: ","))]}"#)
            #expect(batch.status == .ok)
            let socket = try await RawClient.webSocket(
                "/api/sync/socket?device=phone", port: api.port, ["Authorization: Bearer \(token)"])
            #expect(try await socket.text() == #"{"type":"WELCOME","data":{"seq":300}}"#)
            try await socket.say(#"{"type":"PING"}"#)
            #expect(try await socket.text() == #"{"type":"PONG"}"#)
            try await socket.say(#"{"type":"SYNC_REQUEST","last_seq":10}"#)
            #expect(
                try await socket.text() == #"{"type":"SYNC_RESPONSE","data":{"last_seq":10,"seq":300,"reset":false}}"#)
            let bulks = [try await socket.text(), try await socket.text()]
            #expect(
                bulks[0]?.hasPrefix(
                    #"{"type":"BULK_SYNC","data":{"changes":[{"type":"note","id":"11","data":{"n":11},"#) == true)
            #expect(bulks[0]?.hasSuffix(#"],"seq":260,"done":false}}"#) == true)
            #expect(bulks[1]?.hasSuffix(#"],"seq":300,"done":true}}"#) == true)
            _ = try await api.send(.post, "/api/sync", token: token, headers: [.deviceID: "phone"], change(301))
            _ = try await api.send(.post, "/api/sync", token: token, headers: [.deviceID: "desk"], change(302))
            #expect(try await socket.text()?.hasPrefix(#"{"type":"CREATE","data":{"type":"note","id":"302","#) == true)
            _ = try await api.send(.post, "/api/sync", token: token, change(302, #"{"b":2}"#))
            #expect(try await socket.text()?.hasPrefix(#"{"type":"UPDATE","#) == true)
            _ = try await api.send(
                .post, "/api/sync", token: token, #"{"changes": [{"type": "note", "id": "1", "deleted": true}]}"#)
            let gone = try await socket.text()
            #expect(gone?.hasPrefix(#"{"type":"DELETE","#) == true && gone?.contains(#""data":null"#) == true)
            for strange in [
                "", "[]", "x", #"{"type":7}"#, #"{"type":"later"}"#, #"{"type":"SYNC_REQUEST"}"#,
                #"{"type":"SYNC_REQUEST","last_seq":-1}"#, #"{"type":"PING","type":"PING"}"#,
            ] {
                try await socket.say(strange)
                #expect(
                    try await socket.text()?.hasPrefix(#"{"type":"ERROR","data":{"code":"VALIDATION_ERROR","#) == true,
                    "\(strange)")
            }
            try await socket.send(WebSocketClose.normal.frame)
            #expect(try await socket.closeCode() == 1000)
        }
    }

    @Test func `a plain request for the socket is told so, ten sockets are enough, and signing out ends them`()
        async throws
    {
        let quick = EventPace(look: .milliseconds(10), check: .milliseconds(20))
        try await TestAPI.run(pace: quick) { api in
            let token = try await api.signUp()
            let plain = try await api.send(.get, "/api/sync/socket", token: token)
            #expect(plain.status == .upgradeRequired && plain.code == "UPGRADE_REQUIRED")
            let bearer = ["Authorization: Bearer \(token)"]
            var sockets: [RawClient] = []
            for _ in 1...10 {
                sockets.append(try await RawClient.webSocket("/api/sync/socket", port: api.port, bearer))
            }
            let head = try await RawClient.connect(to: api.port).get("/api/sync/socket", RawClient.upgrade + bearer)
            #expect(head.hasPrefix("HTTP/1.1 429 "))
            let cookie = try await api.signInBrowser()
            let evil = try await RawClient.connect(to: api.port).get(
                "/api/sync/socket", RawClient.upgrade + ["Cookie: \(cookie)", "Origin: https://evil.example"])
            #expect(evil.hasPrefix("HTTP/1.1 403 "))
            _ = try await api.send(.post, "/api/auth/logout", token: token)
            #expect(try await sockets[0].closeCode() == 1008)
        }
    }

    @Test func `a socket on which nothing is said is closed, one that does not answer pings as well`() async throws {
        var rules = WebSocketRules(largestMessage: 4 << 10)
        (rules.pingInterval, rules.idleTime) = (.seconds(60), .milliseconds(200))
        try await TestAPI.run(sockets: rules) { api in
            let token = try await api.signUp()
            for path in ["/api/sync/socket", "/api/rooms/tea"] {
                let socket = try await RawClient.webSocket(path, port: api.port, ["Authorization: Bearer \(token)"])
                #expect(try await socket.closeCode() == 1000)
            }
        }
    }
}
