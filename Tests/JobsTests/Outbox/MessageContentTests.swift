import Foundation
import Storage
import Testing

@testable import Jobs

@Suite struct WebhookMessageTests {
    private func webhook(
        to url: String = "https://example.com/hooks", type: String = "job.completed", body: String = "{}",
        secretName: String = "endpoint/17"
    ) throws(MessageFlaw) -> WebhookMessage {
        try WebhookMessage(to: url, type: type, body: body, secretName: secretName)
    }

    @Test func `an event is written in the form of the standard, always with the same bytes`() throws {
        let event = try WebhookMessage(
            to: "https://example.com/hooks", type: "job.completed", occurredAt: Timestamp(milliseconds: 0),
            data: ["take": "a/b", "job": "17"], secretName: "endpoint/17")
        let written =
            #"{"data":{"job":"17","take":"a/b"},"timestamp":"1970-01-01T00:00:00.000Z","type":"job.completed"}"#
        #expect(event.body == written)
    }

    @Test(arguments: [
        "https://example.com", "http://127.0.0.1:8080/hooks?x=1", "HTTPS://example.com/%20", "https://[::1]/",
    ])
    func `an address is http or https with a host`(url: String) throws {
        #expect(try webhook(to: url).url == url)
    }

    @Test(arguments: [
        "", "example.com/hooks", "ftp://example.com", "https://", "https:///hooks", "javascript:alert(1)",
        "file:///etc/passwd", "https://ada:secret@example.com/", "https://ada@example.com/", "https://example.com/#top",
        "https://example.com/a b", "https://example.com/\r\nHost: other", "https://exämple.com/",
        "https://example.com/" + String(repeating: "a", count: 2_048),
    ])
    func `anything else is no address`(url: String) {
        #expect(throws: MessageFlaw.url) { try webhook(to: url) }
    }

    @Test(arguments: ["", "job completed", "job/completed", "job\n", "jöb", String(repeating: "a", count: 101)])
    func `a type is a short name with dots`(type: String) {
        #expect(throws: MessageFlaw.eventType) { try webhook(type: type) }
    }

    @Test func `a body is JSON of bounded size`() throws {
        for body in ["", "{", "{}x", "NaN"] {
            #expect(throws: MessageFlaw.notJSON) { try webhook(body: body) }
        }
        let largest = "\"\(String(repeating: "a", count: WebhookMessage.largestBody - 2))\""
        #expect(try webhook(body: largest).body == largest)
        #expect(throws: MessageFlaw.tooLarge(bytes: 131_073, limit: 131_072)) { try webhook(body: "\(largest) ") }
    }

    @Test func `a secret is named, never given`() {
        for name in ["", "a b", "ä", WebhookSecret.random().text, String(repeating: "a", count: 201)] {
            #expect(throws: MessageFlaw.secretName) { try webhook(secretName: name) }
        }
    }
}

@Suite struct MailMessageTests {
    private let link = "https://example.com/leave?reader=17&list=2"

    private func mail(
        _ purpose: MailMessage.Purpose = .transactional, subject: String = "Confirmed", text: String = "See you there.",
        html: String? = nil, headers: [MailHeader] = []
    ) throws -> MailMessage {
        try MailMessage(
            purpose, from: Mailbox("no-reply@example.com", name: "Waxwing"), to: Mailbox("ada@example.com"),
            subject: subject, text: text, html: html, headers: headers)
    }

    @Test func `a broadcast shows how to unsubscribe, to readers and to their programs`() throws {
        let broadcast = try mail(
            .broadcast(unsubscribe: link), text: "News. No more of it: \(link)",
            html: "<a href=\"\(link.replacing("&", with: "&amp;"))\">No more of it</a>")
        #expect(
            broadcast.allHeaders.map { "\($0.name): \($0.value)" } == [
                "List-Unsubscribe: <\(link)>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            ])
        #expect(broadcast.purpose == .broadcast(unsubscribe: link))
    }

    @Test func `a broadcast that hides how to unsubscribe is refused`() {
        #expect(throws: MessageFlaw.noUnsubscribeLink) { try mail(.broadcast(unsubscribe: link), text: "News.") }
        #expect(throws: MessageFlaw.noUnsubscribeLink) {
            try mail(.broadcast(unsubscribe: link), text: "News. \(link)", html: "<p>News.</p>")
        }
        for link in [
            "", "http://example.com/leave", "mailto:leave@example.com", "https://", "https://example.com/>",
            "https://a.example/,b",
        ] {
            #expect(throws: MessageFlaw.unsubscribeURL) {
                try mail(.broadcast(unsubscribe: link), text: "News. \(link)")
            }
        }
    }

    @Test func `a transactional mail has the headers it was given`() throws {
        let header = try MailHeader("X-Entity-Ref-ID", "booking 17")
        #expect(try mail(headers: [header]).allHeaders == [header])
    }

    @Test(arguments: ["", " ", "two\nlines", "bell\u{7}", "\u{2028}", String(repeating: "a", count: 501)])
    func `a subject is one line`(subject: String) {
        #expect(throws: MessageFlaw.subject) { try mail(subject: subject) }
    }

    @Test func `a text says something, in bounds, without control characters`() {
        #expect(throws: MessageFlaw.emptyText) { try mail(text: "\r\n\t ") }
        #expect(throws: MessageFlaw.controlCharacters) { try mail(text: "a\0b") }
        #expect(throws: MessageFlaw.controlCharacters) { try mail(html: "a\u{1B}b") }
        let large = String(repeating: "a", count: MailMessage.largestBody)
        #expect(throws: Never.self) { try mail(text: large) }
        #expect(throws: MessageFlaw.tooLarge(bytes: 524_289, limit: 524_288)) { try mail(text: large, html: "b") }
    }

    @Test(arguments: ["ada@example.com", "Ada.Lovelace+x@a-b.example.org", "a@xn--exmple-cua.com"])
    func `an address of a mailbox`(address: String) throws {
        #expect(try Mailbox(address).address == address)
    }

    @Test(arguments: [
        "", "ada", "@example.com", "ada@", "ada@localhost", "ada@@example.com", "a b@example.com", "ada@example.com ",
        "ada@example.com\r\nBcc: eve@example.com", "<ada@example.com>", "a,b@example.com", "\"ada\"@example.com",
        ".ada@example.com", "ada..x@example.com", "ada@-example.com", "ada@example..com", "adä@example.com",
        "ada@exämple.com", String(repeating: "a", count: 65) + "@example.com",
    ])
    func `anything else is no mailbox`(address: String) {
        #expect(throws: MessageFlaw.mailbox) { try Mailbox(address) }
    }

    @Test func `a mailbox's name is one line in any script`() throws {
        #expect(try Mailbox("ada@example.com", name: "Ada Lövelace 音").name == "Ada Lövelace 音")
        for name in ["", " ", "Ada\r\nBcc: eve@example.com", "Ada\0"] {
            #expect(throws: MessageFlaw.mailbox) { try Mailbox("ada@example.com", name: name) }
        }
    }

    @Test(arguments: [
        ("", "x"), ("X A", "x"), ("X:A", "x"), ("X\n", "x"), ("X-Ä", "x"), ("X-A", ""), ("X-A", " "),
        ("X-A", "x\r\nBcc: eve@example.com"), ("X-A", "ä"), ("Bcc", "x"), ("bcc", "x"), ("From", "x"),
        ("Content-Type", "x"), ("List-Unsubscribe", "x"), ("Auto-Submitted", "no"),
        ("X-A", String(repeating: "a", count: 999)),
    ])
    func `a header is one line, and none that the message writes itself`(name: String, value: String) {
        #expect(throws: MessageFlaw.header) { try MailHeader(name, value) }
    }
}

@Suite struct TextMessageTests {
    private func text(_ text: String, _ limit: TextMessage.Limit = .longest) throws -> TextMessage {
        try TextMessage(to: PhoneNumber("+15551234567"), text, limit: limit)
    }

    @Test(arguments: [
        ("a", 160, 1), ("a", 161, 2), ("a", 306, 2), ("a", 307, 3), ("a", 1_600, 11),
        // Two septets each; the pair that would be torn goes into the next segment.
        ("€", 80, 1), ("€", 81, 2), ("€", 152, 2), ("€", 153, 3),
        ("é", 160, 1), ("ñ", 160, 1), ("\n", 0, 1),
        ("ж", 70, 1), ("ж", 71, 2), ("ж", 134, 2), ("ж", 135, 3),
        // A pair of UTF-16 units each.
        ("🎵", 35, 1), ("🎵", 36, 2), ("🎵", 66, 2), ("🎵", 67, 3),
    ])
    func `segments are counted as providers count them`(letter: String, count: Int, segments: Int) throws {
        let said = count == 0 ? "a\r\nb" : String(repeating: letter, count: count)
        #expect(try text(said).segments == segments)
    }

    @Test func `a text fits into what it may take`() throws {
        #expect(throws: Never.self) { try text(String(repeating: "a", count: 160), .oneSegment) }
        #expect(throws: MessageFlaw.tooLong(segments: 2)) { try text(String(repeating: "a", count: 161), .oneSegment) }
        #expect(throws: MessageFlaw.tooLong(segments: 2)) { try text(String(repeating: "ж", count: 71), .oneSegment) }
        #expect(throws: MessageFlaw.tooLong(segments: 11)) { try text(String(repeating: "a", count: 1_601)) }
        #expect(throws: MessageFlaw.tooLong(segments: 25)) { try text(String(repeating: "🎵", count: 801)) }
        #expect(throws: MessageFlaw.emptyText) { try text(" \n") }
        #expect(throws: MessageFlaw.controlCharacters) { try text("a\0") }
    }

    @Test(arguments: ["+15551234567", "+4930123456", "+1234567", "+123456789012345"])
    func `a number with its country`(number: String) throws {
        #expect(try PhoneNumber(number).text == number)
    }

    @Test(arguments: [
        "", "+", "15551234567", "+05551234567", "+123456", "+1234567890123456", "+1 555 123 4567", "+1555123456a",
        "+1555123456٣", "＋15551234567", "+15551234567\n",
    ])
    func `anything else is no number`(number: String) {
        #expect(throws: MessageFlaw.phoneNumber) { try PhoneNumber(number) }
    }
}

@Suite struct MessageContentTests {
    @Test func `what a row keeps is what was given`() throws {
        let link = "https://example.com/leave"
        let all: [MessageContent] = [
            .webhook(try WebhookMessage(to: "https://example.com", type: "a.b", body: "[1]", secretName: "one")),
            .email(
                try MailMessage(
                    .broadcast(unsubscribe: link), from: Mailbox("a@example.com", name: "Ä"),
                    to: Mailbox("b@example.com"),
                    replyTo: Mailbox("c@example.com"), subject: "News", text: link, html: link,
                    headers: [MailHeader("X-A", "b")])),
            .sms(try TextMessage(to: PhoneNumber("+15551234567"), "on stage at nine 🎵")),
        ]
        #expect(all.map(\.kind) == MessageKind.allCases)
        for content in all { #expect(MessageContent(content.kind, json: try content.json()) == content) }
    }

    @Test(
        arguments: [
            (.webhook, #"{"url":"file:///etc/passwd","type":"a","body":"{}","secretName":"one"}"#),
            (.email, #"{"from":{"address":"a@example.com"},"to":{"address":"b@c.de\r\nBcc: x@y.zz"},"subject":"s","#),
            (.sms, #"{"to":"911","text":"help"}"#), (.sms, ""), (.sms, "{}"),
        ] as [(MessageKind, String)])
    func `what was changed by hand into something that cannot be sent is not read`(
        kind: MessageKind, json: String
    ) {
        #expect(MessageContent(kind, json: json) == nil)
    }

    @Test func `an idempotency key is short`() throws {
        let content = MessageContent.sms(try TextMessage(to: PhoneNumber("+15551234567"), "a"))
        for key in ["", "a\0", String(repeating: "a", count: 201)] {
            #expect(throws: MessageFlaw.idempotencyKey) { try NewMessage(content, idempotencyKey: key) }
        }
        #expect(try NewMessage(content, idempotencyKey: String(repeating: "a", count: 200)).owner == nil)
    }
}
