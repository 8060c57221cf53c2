import Testing

@testable import WaxwingProviders

@Suite struct SMTPConversationTests {
    @Test func `a message is handed over in the order that mail asks for`() async throws {
        try await FakeSMTPServer().run { client, transcript in
            var message = try MailMessageTests.message(text: ".hidden\n..twice\nplain\n")
            message.html = "<p>.hidden</p>"
            let delivery = try await client.send(message)
            #expect(delivery.isComplete)
            #expect(
                transcript.lines == [
                    "EHLO [127.0.0.1]", "MAIL FROM:<waxwing@example.com>", "RCPT TO:<ada@example.org>", "DATA", "QUIT",
                ])
            let sent = try #require(transcript.messages.first)
            #expect(sent.contains("\r\n..hidden\r\n...twice\r\nplain\r\n"))
            #expect(sent.contains("\r\nMessage-ID: <01-a@example.com>\r\n"))
            #expect(sent.hasSuffix("\r\n--=_alternative--\r\n"))
        }
    }

    @Test func `each recipient has an outcome, and the others get the message`() async throws {
        let server = FakeSMTPServer(replies: [
            "RCPT TO:<gone@example.org>": "550 5.1.1 no such user", "RCPT TO:<full@example.org>": "452 4.2.2 full",
            "RCPT TO:<many@example.org>": "552 too many",
        ])
        try await server.run { client, transcript in
            let message = try MailMessageTests.message(
                to: ["gone@example.org", "ada@example.org", "full@example.org", "many@example.org"])
            let delivery = try await client.send(message)
            #expect(
                delivery.recipients.map(\.outcome) == [
                    .refused(SMTPReply(code: 550, text: "5.1.1 no such user")), .accepted,
                    .deferred(SMTPReply(code: 452, text: "4.2.2 full")),
                    .deferred(SMTPReply(code: 552, text: "too many")),
                ])
            #expect(delivery.recipients.map(\.address.local) == ["gone", "ada", "full", "many"])
            #expect(transcript.messages.count == 1)
        }
    }

    @Test func `a message that no recipient takes is not sent`() async throws {
        try await FakeSMTPServer(replies: ["RCPT": "550 5.7.1 no"]).run { client, transcript in
            let delivery = try await client.send(MailMessageTests.message())
            #expect(!delivery.isComplete)
            #expect(transcript.verbs == ["EHLO", "MAIL", "RCPT", "QUIT"])
        }
    }

    @Test(arguments: [
        ("greeting", SMTPFailure.Step.greeting), ("EHLO", .hello), ("MAIL", .sender), ("DATA", .content),
        (".", .message),
    ])
    func `a refusal passes or is final by its first digit`(command: String, step: SMTPFailure.Step) async throws {
        for (reply, code, mayPass) in [("451 4.3.0 later", 451, true), ("554 5.7.1 never", 554, false)] {
            let server = FakeSMTPServer(replies: [command: .line(reply)])
            let failure = try await server.run { client, _ in try await client.failure(of: MailMessageTests.message()) }
            guard case .refused(let said, step)? = failure?.reason else {
                Issue.record("\(failure.map { "\($0)" } ?? "sent")")
                continue
            }
            #expect(said.code == code)
            #expect(failure?.mayPass == mayPass)
            #expect(failure?.mayHaveBeenSent == false)
        }
    }

    @Test func `a server of old is greeted as it knows`() async throws {
        try await FakeSMTPServer(replies: ["EHLO": "502 what?"]).run { client, transcript in
            _ = try await client.send(MailMessageTests.message())
            #expect(transcript.verbs == ["EHLO", "HELO", "MAIL", "RCPT", "DATA", "QUIT"])
        }
    }

    @Test func `what the server offers is used, and its limit kept`() async throws {
        let server = FakeSMTPServer(replies: ["EHLO": "250-test\r\n250-size 100000\r\n250-8bitmime\r\n250 smtputf8"])
        try await server.run { client, transcript in
            let message = try MailMessageTests.message(from: "wäxwing@example.com")
            _ = try await client.send(message)
            let line = try #require(transcript.lines.first { $0.hasPrefix("MAIL") })
            #expect(line.hasPrefix("MAIL FROM:<wäxwing@example.com> SIZE="))
            #expect(line.hasSuffix(" BODY=8BITMIME SMTPUTF8"))

            let long = try MailMessageTests.message(text: String(repeating: "long\n", count: 20_000))
            let failure = await client.failure(of: long)
            guard case .tooLarge(_, 100_000)? = failure?.reason else {
                Issue.record("\(failure.map { "\($0)" } ?? "sent")")
                return
            }
            #expect(transcript.messages.count == 1)
            #expect(failure?.mayPass == false)
        }
    }

    @Test func `an address in another script needs a server that says it takes it`() async throws {
        try await FakeSMTPServer().run { client, transcript in
            let failure = await client.failure(of: try MailMessageTests.message(to: ["ünï@example.org"]))
            #expect(failure?.reason == .needsInternationalServer)
            #expect(!transcript.verbs.contains("MAIL"))
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
