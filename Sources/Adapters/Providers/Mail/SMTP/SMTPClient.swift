import Addresses
import Jobs
import NIOSSL
import Storage

/// Sends mail through the operator's server, one connection a message.
///
/// ```swift
/// var server = try SMTPConfiguration(host: "mail.example", port: 465, security: .implicitTLS)
/// server.credentials = SMTPCredentials(user: "waxwing", password: password)
/// let client = try SMTPClient(server)
/// try await client.send(message, id: id)
/// ```
///
/// The server's host is the operator's and may be private; its name is looked up once, and its certificate must carry it.
///
/// Source: RFC 5321 (SMTP), 3207 and 8314 (TLS), 4954 (sign-in), 1870 (`SIZE`).
public struct SMTPClient: Sendable {
    private let configuration: SMTPConfiguration
    private let connector: Connector
    private let resolver: any HostResolver
    private let clock: any WallClock

    public init(
        _ configuration: SMTPConfiguration, resolver: any HostResolver = SystemResolver(),
        clock: any WallClock = SystemClock()
    ) throws(CertificateTrustProblem) {
        (self.configuration, self.resolver, self.clock) = (configuration, resolver, clock)
        connector = try Connector(trust: configuration.trust)
    }

    /// Hands a message to the server.
    ///
    /// - Parameter id: the same in every attempt to send the message: its `Message-ID`.
    /// - Throws: when the server has not got it; see ``SMTPFailure/mayHaveBeenSent`` for the one case where nobody knows.
    public func send(_ message: MailMessage, id: MessageID) async throws(SMTPFailure) {
        do {
            try await deliver(message, id)
        } catch {
            throw SMTPFailure(error)
        }
    }

    /// Goes as far as a message would, without one: to the server, by TLS, signed in.
    public func check() async throws(SMTPFailure) {
        do {
            try await inSession { _ in }
        } catch {
            throw SMTPFailure(error)
        }
    }

    private func deliver(_ message: MailMessage, _ id: MessageID) async throws {
        try await inSession { try await $0.deliver(message, message.rendered(id: id, at: clock.now())) }
    }

    private func inSession(_ work: (SMTPSession) async throws -> Void) async throws {
        let addresses = try await addresses()
        let connection = try await SMTPConnection.open(
            on: connector, to: addresses, port: configuration.port, security: configuration.connectionSecurity,
            timeout: configuration.timeouts.connect)
        defer { connection.end() }
        var session = SMTPSession(
            connection, configuration, isOnLoopback: addresses.allSatisfy { $0.use == .loopback })
        try await session.begin(with: connector)
        try await work(session)
    }

    private func addresses() async throws -> [IPAddress] {
        switch configuration.server {
        case .address(let address): return [address]
        case .name(let name):
            let addresses = try await within(configuration.timeouts.reply) {
                try await resolver.addresses(of: name)
            }
            guard !addresses.isEmpty else { throw SMTPFailure(.unknownHost) }
            return Array(addresses.prefix(4))
        }
    }
}

extension SMTPConfiguration {
    /// Nil for an address: the certificate must carry the address then.
    var certificateName: String? {
        if case .name(let name) = server { name } else { nil }
    }

    fileprivate var connectionSecurity: Connector.Security {
        security == .implicitTLS ? .tls(name: certificateName) : .none
    }
}

extension SMTPFailure {
    init(_ error: any Error) {
        if let failure = error as? SMTPFailure {
            self = failure
            return
        }
        switch error {
        case let limit as TimeLimitPassed: self.init(.tooSlow(limit.limit))
        case is CancellationError: self.init(.cancelled)
        case let unreachable as Connector.Unreachable: self.init(.unreachable(unreachable.why))
        case is SMTPReplyParser.Unreadable: self.init(.unreadable)
        case NIOSSLError.uncleanShutdown: self.init(.brokenOff)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: self.init(.untrusted(Connector.words(error)))
        default: self.init(.brokenOff)
        }
    }
}
