import Jobs
import Storage
import StorageTestKit
import Testing

@testable import WaxwingProviders

/// Servers that hang up, fall silent, or talk nonsense.
@Suite struct SMTPFaultTests {
    @Test(arguments: ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."])
    func `a connection that ends early is told from one that ends when the message is out`(
        command: String
    ) async throws {
        let server = FakeSMTPServer(replies: [command: .drop])
        let failure = try await server.run { client, _ in await client.failure(of: try .plain()) }
        #expect(failure == SMTPFailure(.brokenOff, mayHaveBeenSent: command == "."))
        #expect(failure?.mayPass == true)
    }

    @Test func `a connection that ends after the server took the message has sent it`() async throws {
        try await FakeSMTPServer(replies: ["QUIT": .drop]).run { client, transcript in
            try await client.send(.plain(), id: .random())
            #expect(transcript.messages.count == 1)
        }
    }

    @Test(arguments: ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."])
    func `a server that falls silent is given up`(command: String) async throws {
        let server = FakeSMTPServer(replies: [command: .silence])
        let limit = Duration.milliseconds(200)
        let failure = try await server.run({ configuration in
            // A slow machine must not be taken for a silent server: only the reply that never comes has little time.
            if command == "." {
                configuration.timeouts.acceptance = limit
            } else {
                configuration.timeouts.reply = limit
            }
        }) { client, _ in await client.failure(of: try .plain()) }
        #expect(failure == SMTPFailure(.tooSlow(limit), mayHaveBeenSent: command == "."))
    }

    @Test(
        arguments: [
            FakeSMTPServer.Reply.line("HTTP/1.1 400 Bad Request"), .line("hello"), .line("25"), .line("2500"),
            .line("999 x"),
            .line("150 x"), .line("250-a\r\n251 b"), .line("\u{FFFD}"), .line(""), .endless("250-on and on\r\n"),
            .endless("x"), .endless("250 a\r\n"),
        ] as [FakeSMTPServer.Reply])
    func `what is no reply ends the connection`(reply: FakeSMTPServer.Reply) async throws {
        let failure = try await FakeSMTPServer(replies: ["greeting": reply]).run { client, _ in
            await client.failure(of: try .plain())
        }
        switch (failure?.reason, reply) {
        case (.unreadable, _), (.brokenOff, _): break
        // The first of endless replies is one.
        case (.refused, .endless("250 a\r\n")): break
        default: Issue.record("\(failure.map { "\($0)" } ?? "sent")")
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `however its bytes are cut, a reply is the same`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bytes = Array("220 a\r\n250-b\r\n250-c d\r\n250 \r\n354\r\n550-5.1.1 no\n550 5.1.1 such user\n".utf8)
        var (parser, replies, rest) = (SMTPReplyParser(), [SMTPReply](), bytes[...])
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...7, using: &random))
            rest = rest.dropFirst(piece.count)
            replies += try parser.read(piece)
        }
        #expect(replies.map(\.code) == [220, 250, 354, 550])
        #expect(replies.map(\.text) == ["a", "b\nc d\n", "", "5.1.1 no\n5.1.1 such user"])
        #expect(replies.map(\.enhancedCode) == [nil, nil, nil, "5.1.1"])
        #expect(parser.isEmpty)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `any bytes at all are replies or none, and never more than is bounded`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let signs = Array("0123459 -\r\n\n=a".utf8) + [0, 0xFF]
        for _ in 0..<500 {
            var parser = SMTPReplyParser()
            let bytes = (0..<100).compactMap { _ in signs.randomElement(using: &random) }
            let lines = bytes.count { $0 == 0x0A }
            guard let replies = try? parser.read(bytes) else { continue }
            #expect(replies.count <= lines)
            #expect(replies.allSatisfy { (200..<600).contains($0.code) && $0.text.utf8.count <= 3 * bytes.count })
        }
    }

    @Test func `what has no end is given up within its bounds`() {
        var parser = SMTPReplyParser()
        let longLine = Array(repeating: UInt8(ascii: "x"), count: 4097)
        #expect(throws: SMTPReplyParser.Unreadable.self) { try parser.read(longLine) }
        parser = SMTPReplyParser()
        let manyLines = Array(String(repeating: "250-on and on\r\n", count: 201).utf8)
        #expect(throws: SMTPReplyParser.Unreadable.self) { try parser.read(manyLines) }
    }

    @Test func `the server's words do not break the log's lines`() async throws {
        let server = FakeSMTPServer(replies: ["MAIL": .line("550 5.7.1 no \u{1B}[31m\r\u{7} ada@example.org")])
        let failure = try await server.run { client, _ in await client.failure(of: try .plain()) }
        let text = try #require(failure.map { "\($0)" })
        #expect(text.contains("550 5.7.1"))
        #expect(!text.contains("ada@example.org"))
        guard case .refused(let reply, _)? = failure?.reason else {
            Issue.record("\(text)")
            return
        }
        #expect(reply.text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }

    @Test func `a cancelled task ends its sending, and the connection`() async throws {
        let (asked, signal) = AsyncStream.makeStream(of: Void.self)
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        try await LoopbackServer.run({ connection in
            defer { ended.yield() }
            try await connection.write("220 test\r\n")
            guard try await connection.text(until: "\r\n") != nil else { return }
            signal.yield()
            try await connection.drain()
        }) { server in
            var configuration = try SMTPConfiguration(host: "127.0.0.1", port: server.port, security: .none)
            configuration.timeouts = .patient
            let client = try SMTPClient(configuration)
            let message = try MailMessage.plain()
            let task = Task { await client.failure(of: message) }
            for await _ in asked { break }
            task.cancel()
            let failure = await task.value
            #expect(failure == SMTPFailure(.cancelled))
            // The server sees the end of it, without which this would wait for ever.
            for await _ in ends { break }
        }
    }

    @Test func `a server that is not there, or has no address, may be there later`() async throws {
        // Port 1 is nobody's, and is never given to who asks for any.
        let client = try SMTPClient(SMTPConfiguration(host: "127.0.0.1", port: 1, security: .none))
        let failure = await client.failure(of: try .plain())
        guard case .unreachable? = failure?.reason else {
            Issue.record("\(failure.map { "\($0)" } ?? "sent")")
            return
        }
        #expect(failure?.mayPass == true)

        let configuration = try SMTPConfiguration(host: "gone.example", port: 25, security: .none)
        let lost = try await SMTPClient(configuration, resolver: ScriptedResolver()).failure(
            of: .plain())
        #expect(lost == SMTPFailure(.unknownHost))
    }
}
