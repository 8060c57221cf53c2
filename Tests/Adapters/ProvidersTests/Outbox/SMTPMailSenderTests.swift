import Jobs
import LogTestKit
import Storage
import StorageTestKit
import Testing

@testable import WaxwingProviders

@Suite struct SMTPMailSenderTests {
    private let clock = ManualClock()

    private func bench(_ client: SMTPClient, _ log: LogCollector = LogCollector()) async throws -> OutboxBench {
        let sender = SMTPMailSender(client, logger: log.logger)
        return try await OutboxBench(MessageSenders(mail: sender), clock: clock)
    }

    @Test(.enabled(if: SMTPServer.variable("PORT") != nil, "\(SMTPServer.hint)"))
    func `a row becomes a mail at the server, named by its id`() async throws {
        let bench = try await bench(SMTPServer.client())
        let id = try await bench.add(.email(.plain(subject: "Über 音楽")))
        try await bench.deliver()
        #expect(try await bench.state(of: id) == .delivered(at: clock.now()))
        let kept = try SMTPServer.kept(id)
        #expect(kept["Subject"] == "Über 音楽")
        #expect(kept["Message-ID"] == "<\(id)@example.com>")
        #expect(kept.text == "Hello Ada,\nthey are.\n")
    }

    @Test(.enabled(if: SMTPServer.variable("PORT") != nil, "\(SMTPServer.hint)"))
    func `a reader who is not there ends the message, one whose mailbox is full is tried again`() async throws {
        let bench = try await bench(SMTPServer.client())
        let (gone, full) = try await (
            bench.add(.email(.plain(to: "gone@example.org"))), bench.add(.email(.plain(to: "full@example.org")))
        )
        try await bench.deliver()
        let reason = "the mail server refused the recipient (550 5.1.1): trying again cannot help"
        #expect(try await bench.state(of: gone) == .dead(at: clock.now(), reason: reason))
        #expect(try await bench.state(of: full) == .pending(at: clock.now() + .seconds(1)))
    }

    @Test func `a server that refuses all mail costs no message, and the operator reads why`() async throws {
        let log = LogCollector()
        try await FakeSMTPServer(replies: ["greeting": "554 5.3.2 closed"]).run { client, _ in
            let bench = try await bench(client, log)
            let id = try await bench.add(.email(.plain()))
            try await bench.deliver()
            #expect(try await bench.state(of: id) == .pending(at: clock.now() + .seconds(1)))
            let reasons = try await bench.history(of: id).map(\.reason)
            #expect(reasons == ["the mail server could not take the message now"])
            #expect(log.lines.first?.contains("refused the greeting (554 5.3.2)") == true)
            #expect(log.lines.first?.contains("\(id)") == true)
        }
    }

    @Test func `a message that the server may have is left alone for a quarter of an hour, and keeps its name`()
        async throws
    {
        try await FakeSMTPServer(replies: [".": .drop]).run { client, transcript in
            let bench = try await bench(client)
            let id = try await bench.add(.email(.plain()))
            try await bench.deliver()
            #expect(try await bench.state(of: id) == .pending(at: clock.now() + .seconds(900)))
            let reasons = try await bench.history(of: id).map(\.reason)
            #expect(reasons == ["the mail server did not confirm the message: it may come twice"])
            clock.advance(by: .seconds(900))
            try await bench.deliver()
            #expect(transcript.messages.count == 2)
            #expect(transcript.messages.allSatisfy { $0.contains("\r\nMessage-ID: <\(id)@example.com>\r\n") })
        }
    }

    @Test func `a refused mail is not logged with what the server said of its reader`() async throws {
        let log = LogCollector()
        try await FakeSMTPServer(replies: ["RCPT": "550 5.1.1 no such user ada@example.org"]).run { client, _ in
            let bench = try await bench(client, log)
            let id = try await bench.add(.email(.plain()))
            try await bench.deliver()
            #expect(try await bench.state(of: id)?.status == .dead)
            #expect(log.lines.count == 1)
            #expect(!log.lines.joined().contains("ada@"))
        }
    }
}
