import Foundation
import Jobs
import Storage
import Testing

@testable import WaxwingProviders

@Suite(.enabled(if: TestCertificate.tool != nil, "\(TestCertificate.hint)"))
struct SMTPSecurityTests {
    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString()
    }

    private static let credentials = SMTPCredentials(user: "waxwing", password: "canary")

    @Test func `STARTTLS comes before everything that matters, and what was offered in the clear is forgotten`()
        async throws
    {
        let certificate = try TestCertificate("DNS:mail.example")
        let server = FakeSMTPServer(
            replies: ["EHLO": "250-test\r\n250-SIZE 5\r\n250-AUTH PLAIN\r\n250 STARTTLS"],
            helloOverTLS: "250-test\r\n250 AUTH LOGIN", tls: try certificate.server())
        let login = FakeSMTPServer(
            replies: server.replies.merging([
                "AUTH": "334 VXNlcm5hbWU6", Self.base64("waxwing"): "334 UGFzc3dvcmQ6",
                Self.base64("canary"): "235 hello",
            ]) { $1 }, helloOverTLS: server.helloOverTLS, tls: server.tls)
        try await login.run(
            {
                $0.trust = .systemAnd(file: certificate.file)
                $0.credentials = Self.credentials
            }, security: .startTLS, host: "mail.example"
        ) { client, transcript in
            try await client.send(.plain(), id: .random())
            await transcript.isOver()
            #expect(
                transcript.verbs == [
                    "EHLO", "STARTTLS", "EHLO", "AUTH", Self.base64("waxwing"), Self.base64("canary"), "MAIL", "RCPT",
                    "DATA", "QUIT",
                ])
        }
    }

    @Test func `TLS from the first byte, and signing in with PLAIN`() async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        let server = FakeSMTPServer(
            replies: ["EHLO": "250-test\r\n250 AUTH=LOGIN PLAIN"], tls: try certificate.server(), isImplicit: true)
        try await server.run(
            {
                $0.trust = .systemAnd(file: certificate.file)
                $0.credentials = Self.credentials
            }, security: .implicitTLS
        ) { client, transcript in
            try await client.send(.plain(), id: .random())
            #expect(transcript.lines.contains("AUTH PLAIN \(Self.base64("\0waxwing\0canary"))"))
        }
    }

    @Test(arguments: [SMTPConfiguration.Security.startTLS, .implicitTLS])
    func `a server that cannot prove its name is told nothing`(security: SMTPConfiguration.Security) async throws {
        let certificate = try TestCertificate("DNS:other.example")
        let server = FakeSMTPServer(
            replies: ["EHLO": "250-test\r\n250 STARTTLS"], tls: try certificate.server(),
            isImplicit: security == .implicitTLS)
        for trust in [CertificateTrust.system, .systemAnd(file: certificate.file)] {
            try await server.run({ $0.trust = trust }, security: security, host: "mail.example") { client, transcript in
                let failure = await client.failure(of: try .plain())
                guard case .untrusted? = failure?.reason else {
                    Issue.record("\(failure.map { "\($0)" } ?? "sent")")
                    return
                }
                await transcript.isOver()
                #expect(!transcript.verbs.contains("MAIL"))
            }
        }
    }

    @Test func `a server without STARTTLS gets no message that asked for it`() async throws {
        try await FakeSMTPServer().run(security: .startTLS) { client, transcript in
            let failure = await client.failure(of: try .plain())
            #expect(failure?.reason == .noTLS)
            await transcript.isOver()
            #expect(transcript.verbs == ["EHLO", "QUIT"])
        }
    }

    @Test func `what was said in the clear behind the go-ahead is not taken for an answer over TLS`() async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        let server = FakeSMTPServer(
            replies: ["EHLO": "250-test\r\n250 STARTTLS", "STARTTLS": "220 go\r\n250 AUTH PLAIN"],
            tls: try certificate.server())
        try await server.run({ $0.trust = .systemAnd(file: certificate.file) }, security: .startTLS) {
            client, transcript in
            let failure = await client.failure(of: try .plain())
            #expect(failure?.reason == .unreadable)
            await transcript.isOver()
            #expect(!transcript.verbs.contains("MAIL"))
        }
    }

    @Test func `a password goes over TLS, or to this machine when that is allowed`() async throws {
        let server = FakeSMTPServer(replies: ["EHLO": "250-test\r\n250 AUTH PLAIN"])
        try await server.run({ $0.credentials = Self.credentials }) { client, transcript in
            let failure = await client.failure(of: try .plain())
            #expect(failure?.reason == .passwordInTheClear)
            await transcript.isOver()
            #expect(transcript.verbs == ["EHLO", "QUIT"])
        }
        try await server.run({
            $0.credentials = Self.credentials
            $0.allowsPasswordOnLoopback = true
        }) { client, transcript in
            try await client.send(.plain(), id: .random())
            #expect(transcript.verbs.contains("AUTH"))
        }
    }

    @Test func `a refused sign-in says so without the password`() async throws {
        let server = FakeSMTPServer(replies: ["EHLO": "250-test\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 no canary"])
        try await server.run({
            $0.credentials = Self.credentials
            $0.allowsPasswordOnLoopback = true
        }) { client, transcript in
            let failure = try #require(await client.failure(of: try .plain()))
            guard case .signInRefused(let reply) = failure.reason else {
                Issue.record("\(failure)")
                return
            }
            #expect(reply.code == 535)
            #expect(!"\(failure)".contains("canary"))
            await transcript.isOver()
            #expect(transcript.verbs == ["EHLO", "AUTH", "QUIT"])
        }
        var dumped = ""
        dump(Self.credentials, to: &dumped)
        #expect(!"\(Self.credentials)\(dumped)".contains("canary"))
    }

    @Test func `a server that knows neither PLAIN nor LOGIN is left`() async throws {
        let server = FakeSMTPServer(replies: ["EHLO": "250-test\r\n250 AUTH CRAM-MD5"])
        try await server.run({
            $0.credentials = Self.credentials
            $0.allowsPasswordOnLoopback = true
        }) { client, _ in
            let failure = await client.failure(of: try .plain())
            #expect(failure?.reason == .noAuthentication)
        }
    }
}
