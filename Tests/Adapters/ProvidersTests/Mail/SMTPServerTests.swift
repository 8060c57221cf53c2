import Foundation
import Testing

@testable import WaxwingProviders

/// The server that `Scripts/smtp-server.sh` starts: aiosmtpd, and Python's own reading of each message.
@Suite(.enabled(if: SMTPServer.variable("PORT") != nil, "\(SMTPServer.hint)"))
struct SMTPServerTests {
    private static func message(
        from: String = "waxwing@example.com", to: [String] = ["ada@example.org"], subject: String = "Ready",
        text: String = "Hello.\n"
    ) throws -> MailMessage {
        try MailMessage(
            id: UUID().uuidString.lowercased(), from: Mailbox(MailAddress(from), name: "Wäxwing \"Audio\", Ltd."),
            to: to.map { try Mailbox(MailAddress($0), name: "Ada Lovelace") }, subject: subject, text: text)
    }

    @Test(arguments: [SMTPConfiguration.Security.startTLS, .implicitTLS])
    func `a message arrives over TLS as it was written`(security: SMTPConfiguration.Security) async throws {
        let text =
            ".starts with a dot\n..and two\n\nÜber 音楽 = 100 %  \n" + String(repeating: "long ", count: 400) + "\n"
        var message = try Self.message(
            subject: "Ihre Stücke 🎛️ sind fertig, alle " + String(repeating: "音", count: 60), text: text)
        message.html = "<p>\(text)</p>\n"
        message.replyTo = try Mailbox(MailAddress("help@example.com"))
        message.unsubscribe = try .init(url: "https://waxwing.example/u/7?t=a", mail: MailAddress("leave@example.com"))
        let delivery = try await SMTPServer.client(security).send(message)
        #expect(delivery.isComplete)

        let kept = try SMTPServer.kept(message)
        #expect(kept.from == "waxwing@example.com")
        #expect(kept.to == ["ada@example.org"])
        #expect(kept["Subject"] == message.subject)
        #expect(kept.names == ["Wäxwing \"Audio\", Ltd."])
        #expect(kept["To"] == "Ada Lovelace <ada@example.org>")
        #expect(kept["Reply-To"] == "help@example.com")
        #expect(kept["Message-ID"] == "<\(message.id)@example.com>")
        #expect(kept["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
        #expect(kept["List-Unsubscribe"]?.contains("<https://waxwing.example/u/7?t=a>") == true)
        #expect(kept.text == text)
        #expect(kept.html == message.html)
        #expect(kept.defects.isEmpty)
        #expect(kept.longest <= 78)
    }

    @Test func `some recipients are refused, deferred, and the others served`() async throws {
        let message = try Self.message(to: ["gone@example.org", "ada@example.org", "full@example.org"])
        let delivery = try await SMTPServer.client().send(message)
        #expect(
            delivery.recipients.map(\.outcome) == [
                .refused(SMTPReply(code: 550, text: "5.1.1 no such user")), .accepted,
                .deferred(SMTPReply(code: 452, text: "4.2.2 mailbox full")),
            ])
        #expect(try SMTPServer.kept(message).to == ["ada@example.org"])
    }

    @Test func `addresses in other scripts are handed over as they are`() async throws {
        let message = try Self.message(from: "wäxwing@bücher.example", to: ["用户@例子.example"])
        let delivery = try await SMTPServer.client().send(message)
        #expect(delivery.isComplete)
        let kept = try SMTPServer.kept(message)
        #expect(kept.from == "wäxwing@bücher.example")
        #expect(kept.to == ["用户@例子.example"])
        #expect(kept.options.contains("SMTPUTF8"))
    }

    @Test func `a wrong password, and a message that is too long, are refused with their reasons`() async throws {
        let refused = try await SMTPServer.client(password: "wrong").failure(of: Self.message())
        guard case .signInRefused(let reply)? = refused?.reason else {
            Issue.record("\(refused.map { "\($0)" } ?? "sent")")
            return
        }
        #expect(reply.code == 535)

        let long = try Self.message(text: String(repeating: "long\n", count: 300_000))
        let failure = try await SMTPServer.client().failure(of: long)
        guard case .tooLarge(_, limit: 1_048_576)? = failure?.reason else {
            Issue.record("\(failure.map { "\($0)" } ?? "sent")")
            return
        }
    }

    @Test func `a hundred messages at once all arrive`() async throws {
        let client = try SMTPServer.client()
        let messages = try (0..<100).map { try Self.message(subject: "number \($0)") }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for message in messages { group.addTask { try await client.send(message).isComplete } }
            for try await isComplete in group { #expect(isComplete) }
        }
        for (number, message) in messages.enumerated() {
            #expect(try SMTPServer.kept(message)["Subject"] == "number \(number)")
        }
    }
}
