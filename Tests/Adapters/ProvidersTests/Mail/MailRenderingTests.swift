import Foundation
import Jobs
import Storage
import StorageTestKit
import Testing

@testable import WaxwingProviders

@Suite struct MailRenderingTests {
    private static let id = MessageID.random()

    private static func written(_ message: MailMessage, at now: Timestamp = ManualClock().now()) -> String {
        String(decoding: message.rendered(id: id, at: now), as: UTF8.self)
    }

    private static func head(of message: MailMessage) -> [String] {
        let text = written(message)
        let head = text.firstRange(of: "\r\n\r\n").map { String(text[..<$0.lowerBound]) } ?? text
        // Folded lines are one.
        return head.replacingOccurrences(of: "\r\n ", with: " ").components(separatedBy: "\r\n")
    }

    @Test func `a broadcast has the head that receivers look for`() throws {
        let link = "https://waxwing.example/u/7"
        let message = try MailMessage(
            .broadcast(unsubscribe: link), from: Mailbox("waxwing@example.com"), to: Mailbox("ada@example.org"),
            replyTo: Mailbox("help@example.com", name: "Help, \"Desk\""), subject: "Your samples are ready",
            text: "They are.\nNo more of it: \(link)", headers: [MailHeader("X-Entity-Ref-ID", "batch 17")])
        #expect(
            Self.head(of: message) == [
                "Date: Thu, 01 Jan 2026 00:00:00 +0000", "From: waxwing@example.com", "To: ada@example.org",
                #"Reply-To: "Help, \"Desk\"" <help@example.com>"#, "Subject: Your samples are ready",
                "Message-ID: <\(Self.id)@example.com>", "Auto-Submitted: auto-generated", "X-Entity-Ref-ID: batch 17",
                "List-Unsubscribe: <https://waxwing.example/u/7>",
                "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
            ])
    }

    @Test func `a message to one reader asks nobody to unsubscribe`() throws {
        #expect(!Self.head(of: try .plain()).contains { $0.hasPrefix("List-") })
    }

    @Test func `the same message is named the same at every attempt`() throws {
        let message = try MailMessage.plain()
        let names = try ([0, 86_400_000] as [Int64]).map { milliseconds in
            let text = Self.written(message, at: Timestamp(milliseconds: milliseconds))
            return try #require(text.components(separatedBy: "\r\n").first { $0.hasPrefix("Message-ID:") })
        }
        #expect(Set(names) == ["Message-ID: <\(Self.id)@example.com>"])
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

    @Test func `what looks like an encoded word is sent so that it reads the same`() throws {
        let head = Self.head(of: try .plain(subject: "=?utf-8?B?eA==?="))
        #expect(head.contains { $0.hasPrefix("Subject: =?utf-8?B?PT91") })
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no line is longer than mail allows, and all is in ASCII`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let name = Self.text(upTo: 150, &random)
            let message = try MailMessage(
                .transactional, from: Mailbox("waxwing@example.com"), to: Mailbox("ada@example.org"),
                replyTo: Mailbox("a@example.org", name: name), subject: Self.text(upTo: 200, &random),
                text: Self.text(upTo: 3000, &random) + "\n.\n..\n", html: Self.text(upTo: 3000, &random))
            let text = Self.written(message)
            #expect(text.utf8.allSatisfy { $0 < 0x80 })
            let lines = text.components(separatedBy: "\r\n")
            #expect(lines.allSatisfy { $0.utf8.count <= 78 }, "\(lines.max { $0.utf8.count < $1.utf8.count } ?? "")")
            #expect(lines.allSatisfy { !$0.contains("\n") && !$0.contains("\r") })
        }
    }

    /// Begins with a letter, so that it is never blank, and is no longer than any field takes.
    private static func text(upTo count: Int, _ random: inout SplitMix64) -> String {
        let alphabet = Array("aaabcdé ü, 漢字🎛️\"\\=?_.<>@  ")
        let length = Int.random(in: 1...count, using: &random)
        let text = "a" + String((0..<length).compactMap { _ in alphabet.randomElement(using: &random) })
        return text.unicodeScalars.reduce(into: "") { kept, scalar in
            if kept.utf8.count + UTF8.width(scalar) <= count { kept.unicodeScalars.append(scalar) }
        }
    }
}

extension MailMessage {
    static func plain(
        to: String = "ada@example.org", subject: String = "Your samples are ready",
        text: String = "Hello Ada,\nthey are.\n", html: String? = nil
    ) throws -> MailMessage {
        try MailMessage(
            .transactional, from: Mailbox("waxwing@example.com"), to: Mailbox(to), subject: subject, text: text,
            html: html)
    }
}
