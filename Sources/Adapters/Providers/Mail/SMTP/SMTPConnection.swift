import Addresses
import NIOCore

/// A connection to a mail server: lines out, replies in.
struct SMTPConnection: Sendable {
    private let channel: any Channel
    private let reader: NIOLoopBound<SMTPReplyReader>

    static func open(
        on connector: Connector, to addresses: [IPAddress], port: Int, security: Connector.Security, timeout: Duration
    ) async throws -> SMTPConnection {
        let (channel, reader) = try await connector.connect(
            to: addresses, port: port, security: security, timeout: timeout
        ) { channel in
            let reader = SMTPReplyReader()
            try channel.pipeline.syncOperations.addHandler(reader)
            return NIOLoopBound(reader, eventLoop: channel.eventLoop)
        }
        return SMTPConnection(channel: channel, reader: reader)
    }

    private init(channel: any Channel, reader: NIOLoopBound<SMTPReplyReader>) {
        (self.channel, self.reader) = (channel, reader)
    }

    /// How this end calls itself when it has no name: `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3).
    var addressLiteral: String {
        switch channel.localAddress?.ipAddress.flatMap({ IPAddress($0) }) {
        case .v4(let address)?: "[\(IPAddress.v4(address))]"
        case .v6(let address)?: "[IPv6:\(IPAddress.v6(address))]"
        case nil: "[127.0.0.1]"
        }
    }

    func reply(within limit: Duration) async throws -> SMTPReply {
        try await within(limit) {
            try await channel.eventLoop.flatSubmit { reader.value.next(on: channel.eventLoop) }.get(closing: channel)
        }
    }

    /// - Parameter line: without its end.
    func send(_ line: String) {
        send(Array("\(line)\r\n".utf8))
    }

    /// What cannot be written ends the connection, and with it whoever waits for the reply.
    func send(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// - Throws: `SMTPReplyParser.Unreadable` when something was said that nobody asked for.
    func checkQuiet() async throws {
        try await channel.eventLoop.submit {
            guard reader.value.isQuiet else { throw SMTPReplyParser.Unreadable() }
        }.get()
    }

    /// Begins TLS on the connection as it stands.
    ///
    /// - Throws: `SMTPReplyParser.Unreadable` when something was said already that would seem to have come over TLS.
    func secure(with connector: Connector, name: String?) async throws {
        try await channel.eventLoop.submit {
            guard reader.value.isQuiet else { throw SMTPReplyParser.Unreadable() }
            try connector.secure(channel, name: name)
        }.get()
    }

    /// Takes leave, and closes once the server has done so too. Nobody waits for that: a message that was taken is to be
    /// recorded as sent before anything else can go wrong.
    ///
    /// Source: RFC 5321 §4.1.1.10.
    func end(within limit: TimeAmount = .seconds(5)) {
        send("QUIT")
        let (channel, reader) = (channel, reader)
        let last = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        channel.eventLoop.flatSubmit { reader.value.next(on: channel.eventLoop) }.whenComplete { _ in
            last.cancel()
            channel.close(promise: nil)
        }
    }
}
