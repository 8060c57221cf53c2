import Jobs
import Storage
import Testing

@testable import WaxwingProviders

@Suite struct SMTPConversationTests {
    @Test func `a message is handed over in the order that mail asks for`() async throws {
        try await FakeSMTPServer().run { client, transcript in
            let id = MessageID.random()
            let message = try MailMessage.plain(text: ".hidden\n..twice\nplain\n", html: "<p>.hidden</p>")
            try await client.send(message, id: id)
            await transcript.isOver()
            #expect(
                transcript.lines == [
                    "EHLO [127.0.0.1]", "MAIL FROM:<waxwing@example.com>", "RCPT TO:<ada@example.org>", "DATA", "QUIT",
                ])
            let sent = try #require(transcript.messages.first)
            #expect(sent.contains("\r\n..hidden\r\n...twice\r\nplain\r\n"))
            #expect(sent.contains("\r\nMessage-ID: <\(id)@example.com>\r\n"))
            #expect(sent.hasSuffix("\r\n--=_alternative--\r\n"))
        }
    }

    @Test func `a message whose reader is refused is not sent, and the server is left in order`() async throws {
        try await FakeSMTPServer(replies: ["RCPT": "550 5.7.1 no"]).run { client, transcript in
            let failure = await client.failure(of: try .plain())
            #expect(failure?.reason == .refused(SMTPReply(code: 550, text: "5.7.1 no"), at: .recipient))
            await transcript.isOver()
            #expect(transcript.verbs == ["EHLO", "MAIL", "RCPT", "QUIT"])
        }
    }

    /// 4xx pass everywhere. What is said before there is a message is no refusal of it, nor is "sign in first"; "too many
    /// recipients" comes as 552 from old servers.
    private static let refusals: [(command: String, SMTPFailure.Step, passing: [Int], final: [Int])] = [
        ("greeting", .greeting, [421, 451, 554, 521], []), ("EHLO", .hello, [421, 451, 504, 550, 554], []),
        ("MAIL", .sender, [421, 451, 452, 530, 503, 535], [500, 550, 552, 553, 554]),
        ("RCPT", .recipient, [421, 450, 452, 530, 503, 552], [550, 551, 553, 554, 556]),
        ("DATA", .content, [421, 451, 503, 530, 250], [550, 554]),
        (".", .message, [421, 450, 451, 452, 530, 354], [550, 552, 554]),
    ]

    @Test(arguments: refusals.map(\.command))
    func `a refusal of the message is final, and one of the connection or the sign-in passes`(
        command: String
    ) async throws {
        let (_, step, passing, final) = try #require(Self.refusals.first { $0.command == command })
        for code in passing + final {
            let server = FakeSMTPServer(replies: [command: .line("\(code) 5.0.0 no")])
            let failure = try await server.run { client, _ in await client.failure(of: try .plain()) }
            #expect(failure?.reason == .refused(SMTPReply(code: code, text: "5.0.0 no"), at: step))
            #expect(failure?.mayPass == passing.contains(code), "\(code)")
            #expect(failure?.mayHaveBeenSent == false)
        }
    }

    @Test func `a server that refuses STARTTLS may take it later`() async throws {
        let server = FakeSMTPServer(replies: ["EHLO": "250-test\r\n250 STARTTLS", "STARTTLS": "554 5.7.3 no TLS now"])
        let failure = try await server.run(security: .startTLS) { client, _ in await client.failure(of: try .plain()) }
        #expect(failure?.reason == .refused(SMTPReply(code: 554, text: "5.7.3 no TLS now"), at: .startTLS))
        #expect(failure?.mayPass == true)
    }

    @Test func `a server that does not take its leave keeps nobody waiting`() async throws {
        // The time for a reply is far longer than any test's.
        try await FakeSMTPServer(replies: ["QUIT": .silence]).run({ $0.timeouts.reply = .seconds(86_400) }) {
            client, transcript in
            try await client.send(.plain(), id: .random())
            #expect(transcript.messages.count == 1)
        }
    }

    @Test func `what was said before the message was there is not taken for its acceptance`() async throws {
        let server = FakeSMTPServer(replies: ["DATA": "354 go on\r\n250 taken", ".": "554 5.7.1 never"])
        let failure = try await server.run { client, _ in await client.failure(of: try .plain()) }
        #expect(failure == SMTPFailure(.unreadable))
    }

    @Test func `a server of old is greeted as it knows`() async throws {
        try await FakeSMTPServer(replies: ["EHLO": "502 what?"]).run { client, transcript in
            try await client.send(.plain(), id: .random())
            await transcript.isOver()
            #expect(transcript.verbs == ["EHLO", "HELO", "MAIL", "RCPT", "DATA", "QUIT"])
        }
    }

    @Test(arguments: ["250-test\r\n250-size 100000\r\n250 smtputf8", "250-\r\n250 SIZE 100000"])
    func `what the server offers is used, and its limit kept`(hello: String) async throws {
        try await FakeSMTPServer(replies: ["EHLO": .line(hello)]).run { client, transcript in
            try await client.send(.plain(), id: .random())
            let line = try #require(transcript.lines.first { $0.hasPrefix("MAIL") })
            #expect(line.hasPrefix("MAIL FROM:<waxwing@example.com> SIZE="))

            let failure = await client.failure(of: try .plain(text: String(repeating: "long\n", count: 20_000)))
            guard case .tooLarge(_, 100_000)? = failure?.reason else {
                Issue.record("\(failure.map { "\($0)" } ?? "sent")")
                return
            }
            #expect(transcript.messages.count == 1)
            #expect(failure?.mayPass == false)
        }
    }

    @Test(arguments: ["mail example", "a\r\nMAIL", "mail.example/x", "me@mail.example", ""])
    func `a server's name must be one`(host: String) {
        #expect(throws: OutboundURLProblem.self) { try SMTPConfiguration(host: host, port: 25, security: .none) }
    }

    @Test func `the program's own name is checked, and sent`() async throws {
        #expect(throws: OutboundURLProblem.self) {
            try SMTPConfiguration(host: "mail.example", port: 25, security: .none, name: "a\r\nMAIL FROM:<b>")
        }
        let configuration = try SMTPConfiguration(
            host: "mail.example", port: 25, security: .none, name: "waxwing.example")
        #expect(configuration.name == "waxwing.example")
    }
}
