import Foundation
import Testing

@testable import WaxwingHTTP

/// The requests of `Tests/Vectors/http`, byte by byte, against a whole server.
@Suite struct RawRequestTests {
    struct Case: Decodable {
        let name: String
        let bytesBase64: String
        let expect: String

        /// Statuses that are right; none where something else is said.
        var statuses: [Int] {
            expect.split { !$0.isNumber }.compactMap { Int($0) }.filter { (200...599).contains($0) }
        }
    }

    private struct Vectors: Decodable {
        let cases: [Case]
    }

    private static func cases() throws -> [Case] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Vectors/http/raw-requests.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Vectors.self, from: Data(contentsOf: file)).cases
    }

    @Test func `each malformed request is refused, and the next connection is served`() async throws {
        let cases = try Self.cases()
        #expect(cases.count == 60)
        // One of them is half a request behind a whole one.
        var limits = ConnectionLimits.patient
        limits.idle = .seconds(15)
        try await TestAPI.run(connections: limits) { api in
            for request in cases {
                let client = try await ByteClient(port: api.port)
                let bytes = try #require(Data(base64Encoded: request.bytesBase64))
                client.pour(Array(bytes))
                #expect(try await client.wait { !$0.statuses.isEmpty || $0.isClosed }, "\(request.name)")
                if !request.expect.hasPrefix("1 answer") { check(client, request) }
                switch request.name {
                case "pipelined 100 GET":
                    #expect(try await client.wait { $0.statuses.count == 100 })
                    #expect(client.statuses == Array(repeating: 200, count: 100))
                case "body after GET without CL":
                    #expect(try await client.wait { $0.isClosed })
                    #expect(client.statuses == [200, 408])
                case "X-HTTP-Method-Override", "trailer with Content-Length":
                    #expect(client.statuses.allSatisfy { [400, 404].contains($0) }, "\(request.name)")
                default:
                    if request.expect.contains("close") || client.statuses.contains(400) {
                        #expect(try await client.wait { $0.isClosed }, "\(request.name)")
                    }
                }
                #expect(!client.text.lowercased().contains("\r\nset-cookie: x=1"), "\(request.name)")
                let control = try await ByteClient(port: api.port)
                try await control.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await control.wait { $0.statuses == [200] }, "after \(request.name)")
                client.close()
                control.close()
            }
        }
    }

    private func check(_ client: ByteClient, _ request: Case) {
        let (allowed, status) = (request.statuses, client.statuses.first)
        if let status {
            #expect(allowed.isEmpty || allowed.contains(status), "\(request.name): \(status)")
        } else {
            #expect(request.expect.contains("close"), "\(request.name) was not answered")
        }
    }

    @Test func `a refusal is an envelope like every other answer`() async throws {
        try await TestAPI.run { api in
            let client = try await ByteClient(port: api.port)
            try await client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(try await client.wait { $0.isClosed })
            let parts = client.text.components(separatedBy: "\r\n\r\n")
            #expect(parts.count == 2 && parts[0].contains("X-Request-ID: ") && parts[0].contains("Connection: close"))
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(parts[1].utf8)) as? [String: Any])
            #expect(json["success"] as? Bool == false)
            #expect((json["error"] as? [String: Any])?["code"] as? String == "VALIDATION_ERROR")
            #expect((json["meta"] as? [String: Any])?["request_id"] is String)
        }
    }

    @Test func `a refusal waits for the answers before it`() async throws {
        try await TestAPI.run { api in
            let client = try await ByteClient(port: api.port)
            let good = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
            try await client.send(good + good + "GET /bad path HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.wait { $0.isClosed })
            #expect(client.statuses == [200, 200, 400])
        }
    }
}
