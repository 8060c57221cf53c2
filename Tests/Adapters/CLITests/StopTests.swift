import Foundation
import StorageTestKit
import Testing

/// A server that is stopped, and what it writes of itself.
@Suite struct StopTests {
    @Test func `one that is stopped says so before it takes no more connections`() async throws {
        // A busy machine may not come to ask within the time that a server has: then once more, with more of it.
        for seconds in [20, 100, 300] {
            let server = try await TestServer(
                try TemporaryFolder(), environment: ["WAXWING_DRAIN_SECONDS": "\(seconds)"])
            do {
                try await isDrained(server)
                return
            } catch is URLError where seconds < 300 {
                await server.crash()
            }
        }
    }

    private func isDrained(_ server: TestServer) async throws {
        #expect(try await server.send("GET", "/api/ready").status == 200)
        kill(server.program.identifier, SIGTERM)
        var seen: (status: Int, body: Data)
        repeat { seen = try await server.send("GET", "/api/ready") } while seen.status == 200
        #expect(seen.status == 503 && String(decoding: seen.body, as: UTF8.self).contains("draining"))
        // What still comes is answered.
        #expect(try await server.send("GET", "/api/health").status == 200)
        #expect(await server.stop() == 0)
    }

    @Test func `log injection: whatever a request holds, each line of the log is one of JSON, and none is long`()
        async throws
    {
        let server = try await TestServer(try TemporaryFolder(), environment: ["WAXWING_WORKER": "x"])
        let hostile = [
            "%0A%7B%22level%22:%22forged%22%7D", "%0D%0A", "%1B%5B2J", "%00", "%C2%9B31m", "%E2%80%AE", "%22%5C",
            String(repeating: "a", count: 9_000), String(repeating: "%F0%9F%94%A5", count: 700),
            "$%7Bjndi:ldap://evil%7D",
        ]
        var answered = 0
        for text in hostile {
            let answer = try await server.send(
                "GET", "/api/canary/\(text)", headers: ["User-Agent": "\(text)", "X-Forwarded-For": text])
            // What is no request is refused before anybody reads who asks for what.
            if answer.status == 404 { answered += 1 }
        }
        #expect(answered >= 7)
        #expect(await server.stop() == 0)
        let lines = try server.program.log().split(separator: "\n", omittingEmptySubsequences: true)
        #expect(lines.count { $0.contains("canary") } >= answered)
        for line in lines {
            let entry = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(entry["level"] as? String != "forged" && entry["timestamp"] is String)
            #expect(line.utf8.count < 10_000)
            #expect(
                !line.unicodeScalars.contains {
                    $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E
                })
        }
        #expect(
            lines.contains { $0.contains("there is no setting WAXWING_WORKER;") && $0.contains(#""level":"warning""#) })
    }
}
