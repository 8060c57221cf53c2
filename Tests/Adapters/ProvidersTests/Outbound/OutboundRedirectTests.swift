import Addresses
import Synchronization
import Testing

@testable import WaxwingProviders

@Suite struct OutboundRedirectTests {
    @Test func `a redirect inside is refused where it leads, and nobody is called there`() async throws {
        try await LoopbackServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") { inside in
            let head = "HTTP/1.1 302 Found\r\nLocation: http://\(inside.authority)/\r\nContent-Length: 0\r\n\r\n"
            try await LoopbackServer.answering(head) { outside in
                let http = try OutboundHTTP.testing(allowed: [outside.authority]) { policy in
                    policy.allowsPlainHTTP = true
                    policy.ports.insert(inside.port)
                }
                var request = try OutboundRequest.patient(.get, outside.url)
                request.redirects = 3
                let reason = await http.failure(of: request)
                #expect(reason == .address(.loopback))
                #expect(outside.connections == 1)
                #expect(inside.connections == 0)
            }
        }
    }

    @Test(arguments: 1...3)
    func `no more redirects are followed than were asked for`(limit: Int) async throws {
        try await LoopbackServer.answering("HTTP/1.1 301 Moved\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n") {
            server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            var request = try OutboundRequest.patient(.get, server.url)
            request.redirects = limit
            let reason = await http.failure(of: request)
            #expect(reason == .tooManyRedirects(limit))
            #expect(server.connections == limit + 1)
        }
    }

    @Test(arguments: [(OutboundRequest.Method.get, 0), (.post, 3), (.put, 3), (.delete, 3)])
    func `a redirect is an answer like any other unless a read asked to follow it`(
        method: OutboundRequest.Method, redirects: Int
    ) async throws {
        try await LoopbackServer.answering("HTTP/1.1 307 Elsewhere\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n") {
            server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            var request = try OutboundRequest.patient(method, server.url)
            request.redirects = redirects
            let answer = try await http.send(request)
            #expect(answer.status == 307)
            #expect(answer["location"] == "/b")
            #expect(server.connections == 1)
        }
    }

    @Test func `nothing secret goes along to the next address`() async throws {
        let heads = Mutex<[String]>([])
        try await LoopbackServer.run({ connection in
            guard let head = try await connection.text(until: "\r\n\r\n") else { return }
            let isFirst = heads.withLock { heads in
                heads.append(head.lowercased())
                return heads.count == 1
            }
            try await connection.write(
                isFirst
                    ? "HTTP/1.1 302 Found\r\nLocation: /next\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
                    : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            try await connection.drain()
        }) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            var request = try OutboundRequest.patient(
                .get, server.url,
                headers: [("Authorization", "Bearer 1"), ("Cookie", "s=1"), ("X-Key", "1"), ("Accept", "audio/wav")])
            request.redirects = 1
            let answer = try await http.send(request)
            #expect(answer.url.target == "/next")
        }
        let (first, second) = heads.withLock { ($0.first ?? "", $0.last ?? "") }
        for secret in ["authorization:", "cookie:", "x-key:"] {
            #expect(first.contains(secret))
            #expect(!second.contains(secret))
        }
        #expect(second.contains("accept: audio/wav"))
    }
}
