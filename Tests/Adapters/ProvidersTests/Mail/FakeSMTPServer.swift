import Jobs
import NIOSSL
import Storage
import Synchronization

@testable import WaxwingProviders

/// A mail server that says what a test tells it.
struct FakeSMTPServer: Sendable {
    /// What to say, without the last line's end; nothing: the connection ends.
    enum Reply: Sendable, ExpressibleByStringLiteral {
        case line(String)
        case drop
        case silence
        /// A gigabyte of it.
        case endless(String)

        init(stringLiteral text: String) {
            self = .line(text)
        }
    }

    /// By command, as `RCPT`, or `RCPT TO:<ada@example.org>` for that one alone; `greeting` and `.` (the message's end) too.
    var replies: [String: Reply] = [:]
    /// What `EHLO` is answered over TLS.
    var helloOverTLS: Reply?
    var tls: NIOSSLContext?
    /// TLS from the first byte.
    var isImplicit = false

    /// What the client said: lines, and the message between `DATA` and the dot.
    final class Transcript: Sendable {
        private let kept = Mutex<(lines: [String], messages: [String])>(([], []))
        private let (ends, end) = AsyncStream.makeStream(of: Void.self)

        var lines: [String] { kept.withLock { $0.lines } }
        var messages: [String] { kept.withLock { $0.messages } }
        /// First words only.
        var verbs: [String] { lines.map { String($0.prefix { $0 != " " && $0 != ":" }) } }

        /// Returns when a connection is over, once for each.
        func isOver() async {
            for await _ in ends { return }
        }

        func endConnection() { end.yield() }

        func add(line: String) { kept.withLock { $0.lines.append(line) } }
        func add(message: String) { kept.withLock { $0.messages.append(message) } }
    }

    func run<Result: Sendable>(
        _ change: (inout SMTPConfiguration) -> Void = { _ in }, security: SMTPConfiguration.Security = .none,
        host: String = "127.0.0.1", body: (SMTPClient, Transcript) async throws -> Result
    ) async throws -> Result {
        let transcript = Transcript()
        return try await LoopbackServer.run(tls: isImplicit ? tls : nil) { connection in
            defer { transcript.endConnection() }
            try await serve(&connection, transcript)
        } body: { server in
            var configuration = try SMTPConfiguration(host: host, port: server.port, security: security)
            configuration.timeouts = .patient
            change(&configuration)
            let resolver = ScriptedResolver(["mail.example": [["127.0.0.1"]]])
            return try await body(SMTPClient(configuration, resolver: resolver), transcript)
        }
    }

    private func serve(_ connection: inout ServerConnection, _ transcript: Transcript) async throws {
        guard try await say(replies["greeting"] ?? "220 test", &connection) else { return }
        var isSecure = isImplicit
        while let line = try await connection.text(until: "\r\n") {
            transcript.add(line: line)
            let verb = String(line.prefix { $0 != " " && $0 != ":" })
            var reply = replies[line] ?? replies[verb] ?? Self.usual(verb)
            if verb == "EHLO", isSecure, let helloOverTLS { reply = helloOverTLS }
            if verb == "STARTTLS", let tls, case .line(let text) = reply {
                try await connection.secure(tls, saying: "\(text)\r\n")
                isSecure = true
                continue
            }
            guard try await say(reply, &connection) else { return }
            switch verb {
            case "DATA":
                guard case .line(let text) = reply, text.hasPrefix("354"),
                    let message = try await connection.text(until: "\r\n.\r\n")
                else { continue }
                transcript.add(message: message + "\r\n")
                guard try await say(replies["."] ?? "250 taken", &connection) else { return }
            case "QUIT": return
            default: break
            }
        }
    }

    private static func usual(_ verb: String) -> Reply {
        switch verb {
        case "STARTTLS": "220 go ahead"
        case "AUTH": "235 welcome"
        case "DATA": "354 go on"
        case "QUIT": "221 bye"
        default: "250 fine"
        }
    }

    /// False when the connection is over.
    private func say(_ reply: Reply, _ connection: inout ServerConnection) async throws -> Bool {
        switch reply {
        case .line(let text): try await connection.write("\(text)\r\n")
        case .drop: return false
        case .silence:
            try await connection.drain()
            return false
        case .endless(let text):
            let much = String(repeating: text, count: 1 + 1024 / text.utf8.count)
            for _ in 0..<(1 << 20) { try await connection.write(much) }
            return false
        }
        return true
    }
}

extension SMTPConfiguration.Timeouts {
    /// For a busy machine, where time is not what is tested.
    static var patient: SMTPConfiguration.Timeouts {
        var timeouts = SMTPConfiguration.Timeouts()
        (timeouts.connect, timeouts.reply) = (.seconds(600), .seconds(600))
        return timeouts
    }
}

extension SMTPClient {
    /// Nil when the message was taken.
    func failure(of message: MailMessage, id: MessageID = .random()) async -> SMTPFailure? {
        do throws(SMTPFailure) {
            try await send(message, id: id)
            return nil
        } catch {
            return error
        }
    }
}
