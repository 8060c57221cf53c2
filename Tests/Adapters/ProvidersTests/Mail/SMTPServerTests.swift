import Foundation
import Jobs
import Storage
import Testing

@testable import WaxwingProviders

/// The server that `Scripts/smtp-server.sh` starts: aiosmtpd, and Python's own reading of each message.
@Suite(.enabled(if: SMTPServer.variable("PORT") != nil, "\(SMTPServer.hint)"))
struct SMTPServerTests {
    private static func message(
        to: String = "ada@example.org", subject: String = "Ready", text: String = "Hello.\n", html: String? = nil
    ) throws -> MailMessage {
        try MailMessage(
            .transactional, from: Mailbox("waxwing@example.com", name: "Wäxwing \"Audio\", Ltd."),
            to: Mailbox(to, name: "Ada Lovelace"), subject: subject, text: text, html: html)
    }

    @Test(arguments: [SMTPConfiguration.Security.startTLS, .implicitTLS])
    func `a message arrives over TLS as it was written`(security: SMTPConfiguration.Security) async throws {
        let (id, link) = (MessageID.random(), "https://waxwing.example/u/7?t=a")
        let text =
            ".starts with a dot\n..and two\n\nÜber 音楽 = 100 %  \n" + String(repeating: "long ", count: 400)
            + "\n\(link)\n"
        let message = try MailMessage(
            .broadcast(unsubscribe: link), from: Mailbox("waxwing@example.com", name: "Wäxwing \"Audio\", Ltd."),
            to: Mailbox("ada@example.org", name: "Ada Lovelace"), replyTo: Mailbox("help@example.com"),
            subject: "Ihre Stücke 🎛️ sind fertig, alle " + String(repeating: "音", count: 60), text: text,
            html: "<p>\(text)</p>\n", headers: [MailHeader("X-Entity-Ref-ID", "batch 17")])
        try await SMTPServer.client(security).send(message, id: id)

        let kept = try SMTPServer.kept(id)
        #expect(kept.from == "waxwing@example.com")
        #expect(kept.to == ["ada@example.org"])
        #expect(kept["Subject"] == message.subject)
        #expect(kept.names == ["Wäxwing \"Audio\", Ltd."])
        #expect(kept["To"] == "Ada Lovelace <ada@example.org>")
        #expect(kept["Reply-To"] == "help@example.com")
        #expect(kept["Message-ID"] == "<\(id)@example.com>")
        #expect(kept["X-Entity-Ref-ID"] == "batch 17")
        #expect(kept["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
        #expect(kept["List-Unsubscribe"] == "<\(link)>")
        #expect(kept.text == text)
        #expect(kept.html == message.html)
        #expect(kept.defects.isEmpty)
        #expect(kept.longest <= 78)
    }

    @Test(arguments: [
        ("gone@example.org", 550, "5.1.1 no such user", false), ("full@example.org", 452, "4.2.2 mailbox full", true),
    ])
    func `a reader that is not there is refused, one whose mailbox is full may be served later`(
        address: String, code: Int, words: String, mayPass: Bool
    ) async throws {
        let failure = try await SMTPServer.client().failure(of: Self.message(to: address))
        #expect(failure?.reason == .refused(SMTPReply(code: code, text: words), at: .recipient))
        #expect(failure?.mayPass == mayPass)
    }

    @Test func `a wrong password, and a message that is too long, are refused with their reasons`() async throws {
        let refused = try await SMTPServer.client(password: "wrong").failure(of: Self.message())
        guard case .signInRefused(let reply)? = refused?.reason else {
            Issue.record("\(refused.map { "\($0)" } ?? "sent")")
            return
        }
        #expect(reply.code == 535)

        // Its encoded form is three times as long.
        let long = try Self.message(
            text: String(repeating: "é", count: 200_000), html: String(repeating: "音", count: 30_000))
        let failure = try await SMTPServer.client().failure(of: long)
        guard case .tooLarge(_, limit: 524_288)? = failure?.reason else {
            Issue.record("\(failure.map { "\($0)" } ?? "sent")")
            return
        }
    }

    @Test func `a hundred messages at once all arrive`() async throws {
        let client = try SMTPServer.client()
        let messages = try (0..<100).map { (MessageID.random(), try Self.message(subject: "number \($0)")) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (id, message) in messages { group.addTask { try await client.send(message, id: id) } }
            try await group.waitForAll()
        }
        for (number, (id, _)) in messages.enumerated() {
            #expect(try SMTPServer.kept(id)["Subject"] == "number \(number)")
        }
    }
}
