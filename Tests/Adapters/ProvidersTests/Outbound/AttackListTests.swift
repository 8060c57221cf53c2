import Addresses
import Testing

@testable import WaxwingProviders

/// `Tests/Vectors/ssrf/urls.json`, and what else an address may do to lead inside.
@Suite struct AttackListTests {
    @Test func `every address of the attack list is refused before a socket is opened`() async throws {
        let urls = try Vectors.ssrf.get().urls
        #expect(urls.count == 58)
        try await LoopbackServer.run({ _ in }) { server in
            let resolver = ScriptedResolver(["127.0.0.1.nip.io": [["127.0.0.1"]], "example.com": [["::1"]]])
            for allowsPlainHTTP in [true, false] {
                let http = try OutboundHTTP.testing(resolver: resolver) { policy in
                    policy.allowsPlainHTTP = allowsPlainHTTP
                    policy.ports.insert(server.port)
                }
                for url in urls.flatMap({ Self.variants($0, port: server.port) }) {
                    let reason = try await http.failure(getting: url)
                    #expect(reason?.isRefusal == true, "\(url): \(reason.map { "\($0)" } ?? "answered")")
                }
            }
            #expect(server.connections == 0)
            // "No such name" is no refusal: all others must be refused by how they are written.
            #expect(Set(resolver.lookups).isSubset(of: ["127.0.0.1.nip.io.", "example.com."]))
        }
    }

    @Test func `only what the operator allows is completed by the machine's search list`() async throws {
        let resolver = ScriptedResolver(["hooks.example": [["10.0.0.1"]], "db": [["169.254.169.254"]]])
        let http = try OutboundHTTP.testing(allowed: ["db"], resolver: resolver)
        let outside = try await http.failure(getting: "https://hooks.example/")
        let inside = try await http.failure(getting: "https://db/")
        #expect(outside == .address(.privateNetwork))
        #expect(inside == .address(.metadata))
        #expect(resolver.lookups == ["hooks.example.", "db"])
    }

    /// As it is, over TLS, and at the port where somebody listens.
    private static func variants(_ url: String, port: Int) -> [String] {
        guard let slashes = url.firstRange(of: "://") else { return [url] }
        let rest = url[slashes.upperBound...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let atPort = "\(url[..<slashes.upperBound])\(rest[..<end]):\(port)\(rest[end...])"
        return [url, "https://\(rest)", atPort]
    }

    @Test(arguments: [
        [["127.0.0.1"]], [["8.8.8.8", "127.0.0.1"]], [["8.8.8.8", "::ffff:10.0.0.1"]], [["fe80::1"]],
        [["169.254.169.254"]], [["0.0.0.0"]], [["::"]], [["100.64.0.1", "8.8.8.8"]], [["64:ff9b::a00:1"]],
    ])
    func `a public name with an address inside is refused`(answers: [[String]]) async throws {
        let http = try OutboundHTTP.testing(resolver: ScriptedResolver(["hooks.example": answers]))
        let reason = try await http.failure(getting: "https://hooks.example/")
        guard case .address? = reason else {
            Issue.record("\(reason.map { "\($0)" } ?? "answered")")
            return
        }
    }

    @Test func `a name is looked up once, and the connection goes to what was judged`() async throws {
        try await LoopbackServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") { server in
            let resolver = ScriptedResolver(["hooks.example": [["127.0.0.1"], ["169.254.169.254"]]])
            let http = try OutboundHTTP.testing(allowed: ["hooks.example:\(server.port)"], resolver: resolver)
            let request = try OutboundRequest.patient(.get, "http://hooks.example:\(server.port)/")
            let answer = try await http.send(request)
            #expect(answer.body == Array("hi".utf8))
            #expect(resolver.lookups == ["hooks.example"])

            // Asked again for the next request, it is judged again.
            let reason = await http.failure(of: request)
            #expect(reason == .address(.metadata))
            #expect(server.connections == 1)
        }
    }

    @Test func `an allowed host is reached at its port and at no other`() async throws {
        try await LoopbackServer.answering("HTTP/1.1 204 No Content\r\n\r\n") { server in
            let other = server.port == 65_535 ? 65_534 : server.port + 1
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            let reason = try await http.failure(getting: server.url)
            #expect(reason == nil)
            let refused = try await http.failure(getting: "http://127.0.0.1:\(other)/")
            #expect(refused == .plainHTTP)
            let encrypted = try await http.failure(getting: "https://127.0.0.1:\(other)/")
            #expect(encrypted == .port(other))
            let sibling = try await http.failure(getting: "http://127.0.0.2:\(server.port)/")
            #expect(sibling == .plainHTTP)
        }
    }

    @Test(arguments: ["hooks", "printer.local", "db.internal", "a.b.localhost", "nas.home.arpa", "x.onion"])
    func `names of private networks are not looked up`(name: String) async throws {
        let resolver = ScriptedResolver([name: [["8.8.8.8"]]])
        let http = try OutboundHTTP.testing(resolver: resolver)
        let reason = try await http.failure(getting: "https://\(name)/")
        #expect(reason == .privateName)
        #expect(resolver.lookups.isEmpty)
    }

    @Test func `a form can ask whether an address would do, without a connection`() async throws {
        let resolver = ScriptedResolver(["hooks.example": [["8.8.8.8"]], "trap.example": [["10.0.0.1"]]])
        let http = try OutboundHTTP.testing(resolver: resolver)
        try await http.check("https://hooks.example/7?key=secret")
        await #expect(throws: OutboundFailure(.address(.privateNetwork))) {
            try await http.check("https://trap.example/")
        }
        await #expect(throws: OutboundFailure(.unknownName)) { try await http.check("https://gone.example/") }
        await #expect(throws: OutboundFailure(.plainHTTP)) { try await http.check("http://hooks.example/") }
    }

    @Test func `the system's resolver knows this machine, and not what does not exist`() async throws {
        let own = try await SystemResolver().addresses(of: "localhost")
        #expect(!own.isEmpty && own.allSatisfy { $0.use == .loopback })
        // Too long for any name: no name server is asked.
        let none = try await SystemResolver().addresses(of: String(repeating: "a", count: 64) + ".example")
        #expect(none.isEmpty)
    }
}
