import Foundation
import Storage
import StorageTestKit
import Testing

@testable import WaxwingProviders

@Suite struct MailMessageTests {
    static func message(
        id: String = "01-a", from: String = "waxwing@example.com", to: [String] = ["ada@example.org"],
        subject: String = "Your samples are ready", text: String = "Hello Ada,\nthey are.\n"
    ) throws -> MailMessage {
        try MailMessage(
            id: id, from: Mailbox(MailAddress(from)), to: to.map { try Mailbox(MailAddress($0)) }, subject: subject,
            text: text)
    }

    private static func head(of message: MailMessage) -> [String] {
        let text = String(decoding: message.rendered(at: ManualClock().now()), as: UTF8.self)
        let head = text.firstRange(of: "\r\n\r\n").map { String(text[..<$0.lowerBound]) } ?? text
        // Folded lines are one.
        return head.replacingOccurrences(of: "\r\n ", with: " ").components(separatedBy: "\r\n")
    }

    @Test func `a plain message has the head that receivers look for`() throws {
        var message = try Self.message()
        message.unsubscribe = try .init(url: "https://waxwing.example/u/7", mail: MailAddress("leave+7@example.com"))
        message.replyTo = try Mailbox(MailAddress("help@example.com"), name: "Help, \"Desk\"")
        #expect(
            Self.head(of: message) == [
                "Date: Thu, 01 Jan 2026 00:00:00 +0000", "From: waxwing@example.com", "To: ada@example.org",
                #"Reply-To: "Help, \"Desk\"" <help@example.com>"#, "Subject: Your samples are ready",
                "Message-ID: <01-a@example.com>", "Auto-Submitted: auto-generated",
                "List-Unsubscribe: <https://waxwing.example/u/7>, <mailto:leave+7@example.com>",
                "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
            ])
    }

    @Test func `the same message is named the same at every attempt`() throws {
        let message = try Self.message()
        let names = try ([0, 86_400_000] as [Int64]).map { milliseconds in
            let text = String(decoding: message.rendered(at: Timestamp(milliseconds: milliseconds)), as: UTF8.self)
            return try #require(text.components(separatedBy: "\r\n").first { $0.hasPrefix("Message-ID:") })
        }
        #expect(Set(names).count == 1)
    }

    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (951_782_399_000, "Mon, 28 Feb 2000 23:59:59 +0000"),
            (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (1_795_235_420_999, "Sat, 21 Nov 2026 04:30:20 +0000"),
            (-1, "Thu, 01 Jan 1970 00:00:00 +0000"), (Int64.max, "Fri, 31 Dec 9999 23:59:59 +0000"),
        ] as [(Int64, String)])
    func `the date is written as mail writes it`(milliseconds: Int64, date: String) {
        #expect(Timestamp(milliseconds: milliseconds).mailDate == date)
    }

    @Test(arguments: ["\r\nBcc: eve@example.com", "\nX: 1", "\r", "\0", "a\u{2028}b", "a\u{85}b", "\u{1B}[31m"])
    func `nothing that would begin a line of its own gets into the head`(text: String) throws {
        #expect(throws: MailProblem.control(field: "the subject")) { try Self.message(subject: text) }
        let address = try MailAddress("ada@example.org")
        #expect(throws: MailProblem.control(field: "a name")) { try Mailbox(address, name: text) }
        #expect(throws: MailProblem.address) { try MailAddress("ada\(text)@example.org") }
        #expect(throws: MailProblem.address) { try MailAddress("ada@example.org\(text)") }
        #expect(throws: MailProblem.identifier) { try Self.message(id: "1\(text)") }
        #expect(throws: MailProblem.unsubscribe) { try MailMessage.Unsubscribe(url: "https://a.example/\(text)") }
    }

    @Test(arguments: [
        "", "ada", "@example.org", "ada@", "a@b@c", "ada @example.org", "ada@exa mple.org", "<ada@example.org>",
        "ada@[127.0.0.1]", "\"ada\"@example.org", ".ada@example.org", "ada.@example.org", "a..b@example.org",
        "ada@-example.org", "ada@example-.org", "ada@example..org", "ada@example.org.", "a,b@example.org",
        "ada@ex_ample.org", "ada\u{200B}@example.org", "ada@exam\u{202E}ple.org",
    ])
    func `what is no address is refused`(text: String) {
        #expect(throws: MailProblem.address) { try MailAddress(text) }
    }

    @Test(arguments: [
        "ada@example.org", "o'hara+tag=x/y@sub.example.org", "ünï@bücher.example", "用户@例子.广告", "a@localhost",
    ])
    func `an address may be in any script`(text: String) throws {
        #expect(try MailAddress(text).description == text)
    }

    @Test func `an address, a subject and a list of recipients that are too long are refused`() throws {
        _ = try MailAddress(String(repeating: "a", count: 64) + "@example.org")
        #expect(throws: MailProblem.address) { try MailAddress(String(repeating: "a", count: 65) + "@example.org") }
        #expect(throws: MailProblem.tooLong(field: "the subject", limit: 998)) {
            try Self.message(subject: String(repeating: "a", count: 999))
        }
        let many = (0...MailMessage.mostRecipients).map { "a\($0)@example.org" }
        _ = try Self.message(to: Array(many.dropFirst()))
        #expect(throws: MailProblem.recipients(limit: 100)) { try Self.message(to: many) }
        #expect(throws: MailProblem.recipients(limit: 100)) { try Self.message(to: []) }
    }

    @Test func `what looks like an encoded word is sent so that it reads the same`() throws {
        let head = Self.head(of: try Self.message(subject: "=?utf-8?B?eA==?="))
        #expect(head.contains { $0.hasPrefix("Subject: =?utf-8?B?PT91") })
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no line is longer than mail allows, and the head is in ASCII`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            var message = try Self.message(
                subject: Self.text(upTo: 200, &random), text: Self.text(upTo: 3000, &random) + "\n.\n..\n")
            message.html = Self.text(upTo: 3000, &random)
            message.replyTo = try Mailbox(MailAddress("a@example.org"), name: Self.text(upTo: 200, &random))
            let bytes = message.rendered(at: ManualClock().now())
            #expect(bytes.allSatisfy { $0 < 0x80 })
            let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
            #expect(lines.allSatisfy { $0.utf8.count <= 78 }, "\(lines.max { $0.utf8.count < $1.utf8.count } ?? "")")
            #expect(lines.allSatisfy { !$0.contains("\n") && !$0.contains("\r") })
        }
    }

    private static func text(upTo count: Int, _ random: inout SplitMix64) -> String {
        let alphabet = Array("aaabcdé ü, 漢字🎛️\"\\=?_.<>@  ")
        let length = Int.random(in: 1...count, using: &random)
        let text = String((0..<length).compactMap { _ in alphabet.randomElement(using: &random) })
        return String(decoding: text.utf8.prefix(900), as: UTF8.self)
    }
}
