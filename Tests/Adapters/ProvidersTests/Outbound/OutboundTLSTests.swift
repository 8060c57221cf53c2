import NIOCore
import NIOSSL
import Synchronization
import Testing

@testable import WaxwingProviders

@Suite(.enabled(if: TestCertificate.tool != nil, "\(TestCertificate.hint)"))
struct OutboundTLSTests {
    private static func serve<Result: Sendable>(
        _ certificate: TestCertificate, _ answer: String = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        body: (LoopbackServer, _ heads: () -> [String]) async throws -> Result
    ) async throws -> Result {
        let heads = Mutex<[String]>([])
        return try await LoopbackServer.run(tls: certificate.server()) { connection in
            guard let head = try await connection.text(until: "\r\n\r\n") else { return }
            heads.withLock { $0.append(head) }
            try await connection.write(answer)
            try await connection.drain()
        } body: { server in
            try await body(server, { heads.withLock { $0 } })
        }
    }

    @Test func `the certificate must carry the name that was asked for, not the address behind it`() async throws {
        let certificate = try TestCertificate("DNS:hooks.example")
        try await Self.serve(certificate) { server, heads in
            let http = try OutboundHTTP.testing(
                allowed: ["hooks.example:\(server.port)", "other.example:\(server.port)", server.authority],
                trust: .systemAnd(file: certificate.file),
                resolver: ScriptedResolver(["hooks.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]]))
            let answer = try await http.send(OutboundRequest.patient(.get, "https://hooks.example:\(server.port)/a?b"))
            #expect(answer.body == Array("hi".utf8))
            let lines = heads().first?.split(separator: "\r\n").map(String.init) ?? []
            #expect(lines.first == "GET /a?b HTTP/1.1")
            #expect(lines.contains { $0.lowercased() == "host: hooks.example:\(server.port)" })

            for host in ["other.example:\(server.port)", server.authority] {
                let reason = try await http.failure(getting: "https://\(host)/")
                guard case .untrusted? = reason else {
                    Issue.record("\(host): \(reason.map { "\($0)" } ?? "answered")")
                    continue
                }
            }
            #expect(heads().count == 1)
        }
    }

    @Test func `an address proves itself by a certificate for the address`() async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        try await Self.serve(certificate) { server, _ in
            let http = try OutboundHTTP.testing(
                allowed: [server.authority], trust: .systemAnd(file: certificate.file))
            let answer = try await http.send(OutboundRequest.patient(.get, "https://\(server.authority)/"))
            #expect(answer.isSuccess)
        }
    }

    @Test func `a certificate that nobody vouches for is not trusted`() async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        try await Self.serve(certificate) { server, heads in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            let reason = try await http.failure(getting: "https://\(server.authority)/")
            guard case .untrusted? = reason else {
                Issue.record("\(reason.map { "\($0)" } ?? "answered")")
                return
            }
            #expect(heads().isEmpty)
        }
    }

    @Test func `a redirect from https to http is refused`() async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        try await LoopbackServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") { plain in
            let answer = "HTTP/1.1 302 Found\r\nLocation: \(plain.url)\r\nContent-Length: 0\r\n\r\n"
            try await Self.serve(certificate, answer) { server, _ in
                let http = try OutboundHTTP.testing(
                    allowed: [server.authority, plain.authority], trust: .systemAnd(file: certificate.file))
                var request = try OutboundRequest.patient(.get, "https://\(server.authority)/")
                request.redirects = 3
                let reason = await http.failure(of: request)
                #expect(reason == .redirectToPlainHTTP)
                #expect(plain.connections == 0)
            }
        }
    }

    @Test func `a yes is a yes, however its connection ends`() async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        try await LoopbackServer.run(tls: certificate.server()) { connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\n\r\n")
            try await connection.cut()
        } body: { server in
            let http = try OutboundHTTP.testing(
                allowed: [server.authority], trust: .systemAnd(file: certificate.file))
            var request = try OutboundRequest.patient(.post, "https://\(server.authority)/")
            let reason = await http.failure(of: request)
            #expect(reason == .brokenOff)
            request.limits.body = 0
            let answer = try await http.send(request)
            #expect(answer.status == 200)
        }
    }

    /// A server that never begins TLS, one that begins it and says nothing, and one whose body trickles.
    @Test(arguments: ["", "silence", "trickle"])
    func `the time for everything ends a connection over TLS, too`(fault: String) async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        let context = fault.isEmpty ? nil : try certificate.server()
        try await LoopbackServer.run(tls: context) { connection in
            if fault == "trickle" {
                guard try await connection.text(until: "\r\n\r\n") != nil else { return }
                try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                while true {
                    try await connection.write("x")
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            try await connection.drain()
        } body: { server in
            let http = try OutboundHTTP.testing(
                allowed: [server.authority], trust: .systemAnd(file: certificate.file))
            var request = try OutboundRequest.patient(.get, "https://\(server.authority)/")
            request.limits.total = .milliseconds(300)
            let reason = await http.failure(of: request)
            #expect(reason == .tooSlow(.milliseconds(300)))
        }
    }

    @Test func `who closes does not wait for a server that says nothing`() throws {
        #expect(try CertificateTrust.system.configuration().shutdownTimeout <= .seconds(1))
    }

    @Test func `a file without certificates is named`() {
        #expect(throws: CertificateTrustProblem(file: "/nowhere.pem")) {
            try CertificateTrust.systemAnd(file: "/nowhere.pem").context()
        }
    }
}
