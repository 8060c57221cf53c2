import Foundation
import StorageTestKit
import Testing

/// What devices keep in step, and rooms, with servers that are killed or stand beside each other.
@Suite struct SyncServerTests {
    private func body(_ id: Int, version: Int) -> [UInt8] {
        Array(
            #"{"changes": [{"type": "note", "id": "\#(id)", "data": {"n": \#(id)}, "if_version": \#(version)}]}"#.utf8)
    }

    private func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func said(_ data: Data) throws -> NSDictionary {
        try #require(try object(data)["data"] as? [String: Any]) as NSDictionary
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `what was answered is there after a crash, and sent again is done once`(on deployment: Deployment) async throws
    {
        let folder = try TemporaryFolder()
        let environment = try await deployment.environment()
        var server = try await TestServer(folder, environment: environment)
        let token = try await server.signUp()
        for round in 0..<3 {
            let key = ["X-Idempotency-Key": "round \(round)".replacing(" ", with: "-")]
            let first = try await server.send("POST", "/api/sync", token: token, headers: key, body(round, version: 0))
            let text = Array(#"{"text": "\#(round)", "ref": "\#(round)"}"#.utf8)
            let message = try await server.send("POST", "/api/rooms/tea/messages", token: token, text)
            #expect(first.status == 200 && message.status == 201)
            await server.crash()
            server = try await TestServer(folder, environment: environment)
            let again = try await server.send("POST", "/api/sync", token: token, headers: key, body(round, version: 0))
            #expect(again.status == 200 && again.body == first.body)
            let repeated = try await server.send("POST", "/api/rooms/tea/messages", token: token, text)
            let (one, other) = (try said(message.body), try said(repeated.body))
            #expect(one == other)
        }
        let page = try #require(try await server.get("/api/sync", token: token)["data"] as? [String: Any])
        #expect(page["seq"] as? Int == 3 && (page["changes"] as? [Any])?.count == 3)
        #expect(try await server.all("/api/rooms/tea/messages", token: token).count == 3)
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), .enabled(if: Deployment.hasServers, Deployment.hint))
    func `two servers on one database answer as one`() async throws {
        let folders = try [TemporaryFolder(), TemporaryFolder()]
        let environment = try await Deployment.shared.environment()
        let servers = [
            try await TestServer(folders[0], environment: environment),
            try await TestServer(folders[1], environment: environment),
        ]
        let token = try await servers[0].signUp()
        var seq = 0
        for id in 0..<20 {
            let (one, other) = (servers[id % 2], servers[(id + 1) % 2])
            let key = ["X-Idempotency-Key": "\(id)"]
            let pushed = try await one.send("POST", "/api/sync", token: token, headers: key, body(id, version: 0))
            let again = try await other.send("POST", "/api/sync", token: token, headers: key, body(id, version: 0))
            #expect(pushed.status == 200 && again.body == pushed.body)
            let page = try #require(
                try await other.get("/api/sync?since=\(seq)", token: token)["data"] as? [String: Any])
            #expect((page["changes"] as? [[String: Any]])?.compactMap { $0["id"] as? String } == ["\(id)"])
            seq = try #require(page["seq"] as? Int)
            let text = Array(#"{"text": "\#(id)"}"#.utf8)
            #expect(try await one.send("POST", "/api/rooms/tea/messages", token: token, text).status == 201)
            #expect(try await other.all("/api/rooms/tea/messages", token: token).first?["text"] as? String == "\(id)")
        }
        for server in servers { #expect(await server.stop() == 0) }
    }
}
