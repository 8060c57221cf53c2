import Foundation
import Jobs

/// What is said to a mail server, in its order (RFC 5321 §3).
struct SMTPSession {
    let connection: SMTPConnection
    let configuration: SMTPConfiguration
    let isOnLoopback: Bool
    private var capabilities = SMTPCapabilities()
    private var isSecure: Bool

    init(_ connection: SMTPConnection, _ configuration: SMTPConfiguration, isOnLoopback: Bool) {
        (self.connection, self.configuration, self.isOnLoopback) = (connection, configuration, isOnLoopback)
        isSecure = configuration.security == .implicitTLS
    }

    /// Up to the point where messages are taken.
    mutating func begin(with connector: Connector) async throws {
        let greeting = try await connection.reply(within: configuration.timeouts.reply)
        guard greeting.code == 220 else { throw SMTPFailure(.refused(greeting, at: .greeting)) }
        try await hello()
        if configuration.security == .startTLS {
            guard capabilities.startTLS else { throw SMTPFailure(.noTLS) }
            let reply = try await ask("STARTTLS")
            guard reply.isSuccess else { throw SMTPFailure(.refused(reply, at: .startTLS)) }
            try await connection.secure(with: connector, name: configuration.certificateName)
            isSecure = true
            // What was offered in the clear may have been anybody's.
            try await hello()
        }
        if let credentials = configuration.credentials { try await signIn(credentials) }
    }

    private mutating func hello() async throws {
        let name = configuration.name ?? connection.addressLiteral
        let reply = try await ask("EHLO \(name)")
        if reply.isSuccess {
            capabilities = SMTPCapabilities(reply)
        } else if reply.code == 500 || reply.code == 502 {
            let reply = try await ask("HELO \(name)")
            guard reply.isSuccess else { throw SMTPFailure(.refused(reply, at: .hello)) }
            capabilities = SMTPCapabilities()
        } else {
            throw SMTPFailure(.refused(reply, at: .hello))
        }
    }

    /// Source: RFC 4954, 4616 (PLAIN).
    private func signIn(_ credentials: SMTPCredentials) async throws {
        guard isSecure || configuration.allowsPasswordOnLoopback && isOnLoopback else {
            throw SMTPFailure(.passwordInTheClear)
        }
        var reply: SMTPReply
        if capabilities.mechanisms.contains("PLAIN") {
            reply = try await ask("AUTH PLAIN \(Self.base64("\0\(credentials.user)\0\(credentials.password)"))")
        } else if capabilities.mechanisms.contains("LOGIN") {
            reply = try await ask("AUTH LOGIN")
            if reply.code == 334 { reply = try await ask(Self.base64(credentials.user)) }
            if reply.code == 334 { reply = try await ask(Self.base64(credentials.password)) }
        } else {
            throw SMTPFailure(.noAuthentication)
        }
        guard reply.isSuccess else { throw SMTPFailure(.signInRefused(reply)) }
    }

    func deliver(_ message: MailMessage, _ bytes: [UInt8]) async throws {
        if let limit = capabilities.size, bytes.count > limit {
            throw SMTPFailure(.tooLarge(bytes.count, limit: limit))
        }
        let size = capabilities.size == nil ? "" : " SIZE=\(bytes.count)"
        let sender = try await ask("MAIL FROM:<\(message.from.address)>\(size)")
        guard sender.isSuccess else { throw SMTPFailure(.refused(sender, at: .sender)) }
        let recipient = try await ask("RCPT TO:<\(message.to.address)>")
        guard recipient.isSuccess else { throw SMTPFailure(.refused(recipient, at: .recipient)) }
        try await hand(over: bytes)
    }

    private func hand(over bytes: [UInt8]) async throws {
        let go = try await ask("DATA")
        guard go.code == 354 else { throw SMTPFailure(.refused(go, at: .content)) }
        // What was said before there was a message is no answer to it.
        try await connection.checkQuiet()
        connection.send(Self.dotted(bytes))
        let reply: SMTPReply
        do {
            reply = try await connection.reply(within: configuration.timeouts.acceptance)
        } catch {
            throw SMTPFailure(SMTPFailure(error).reason, mayHaveBeenSent: true)
        }
        guard reply.isSuccess else { throw SMTPFailure(.refused(reply, at: .message)) }
    }

    private func ask(_ line: String) async throws -> SMTPReply {
        connection.send(line)
        return try await connection.reply(within: configuration.timeouts.reply)
    }

    /// With a dot before every line that begins with one, and the line that ends it all (RFC 5321 §4.5.2).
    static func dotted(_ bytes: [UInt8]) -> [UInt8] {
        var dotted: [UInt8] = []
        dotted.reserveCapacity(bytes.count + 64)
        var isAtStart = true
        for byte in bytes {
            if isAtStart, byte == UInt8(ascii: ".") { dotted.append(byte) }
            dotted.append(byte)
            isAtStart = byte == 0x0A
        }
        return dotted + Array((isAtStart ? ".\r\n" : "\r\n.\r\n").utf8)
    }

    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString()
    }
}
