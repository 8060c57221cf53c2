import Auth
import Synchronization
import Testing

@testable import WaxwingProviders

@Suite struct OutboundOpenIDTests {
    private func client(_ server: LoopbackServer) throws -> OutboundOpenID {
        OutboundOpenID(try OutboundHTTP.testing(allowed: [server.authority]), limit: .seconds(600))
    }

    private func answer(_ status: String, _ body: String, headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    }

    @Test func `documents are what a 200 answer has in it`() async throws {
        try await LoopbackServer.answering(answer("200 OK", #"{"keys":[]}"#)) { server in
            let client = try client(server)
            #expect(try await client.keySet(at: server.url, upTo: 11) == Array(#"{"keys":[]}"#.utf8))
            #expect(try await client.configuration(at: server.url, upTo: 11).count == 11)
            await #expect(throws: DocumentProblem.tooLong(limit: 10)) {
                try await client.keySet(at: server.url, upTo: 10)
            }
        }
    }

    @Test(arguments: ["204 No Content", "404 Not Found", "500 Oops"])
    func `any other answer is none`(status: String) async throws {
        try await LoopbackServer.answering(answer(status, "{}")) { server in
            let number = try #require(status.split(separator: " ").first.flatMap { Int($0) })
            let client = try client(server)
            await #expect(throws: DocumentProblem.status(number)) {
                try await client.configuration(at: server.url, upTo: 100)
            }
        }
    }

    @Test func `no redirect is followed`() async throws {
        try await LoopbackServer.answering(answer("302 Found", "", headers: "Location: /elsewhere\r\n")) { server in
            let client = try client(server)
            await #expect(throws: DocumentProblem.status(302)) { try await client.keySet(at: server.url, upTo: 100) }
            #expect(server.connections == 1)
        }
    }

    @Test func `key sets alone are fetched by the same rules`() async throws {
        try await LoopbackServer.answering(answer("200 OK", "{}")) { server in
            let keys = OutboundKeySets(try OutboundHTTP.testing(allowed: [server.authority]), limit: .seconds(600))
            #expect(try await keys.keySet(at: server.url, upTo: 100) == Array("{}".utf8))
        }
    }

    @Test func `this machine and the network inside are reached only where the operator allows it`() async throws {
        let client = OutboundOpenID(try OutboundHTTP.testing())
        for url in ["http://127.0.0.1:9/", "http://localhost/", "https://169.254.169.254/", "https://10.0.0.1/keys"] {
            await #expect(throws: OutboundFailure.self, "\(url)") { try await client.keySet(at: url, upTo: 100) }
        }
    }

    @Test func `a provider that does not answer is given up`() async throws {
        try await LoopbackServer.run({ try await $0.drain() }) { server in
            let client = OutboundOpenID(
                try OutboundHTTP.testing(allowed: [server.authority]), limit: .milliseconds(50))
            await #expect(throws: OutboundFailure(.tooSlow(.milliseconds(50)))) {
                try await client.configuration(at: server.url, upTo: 100)
            }
        }
    }
}
