/// The server that takes the program's mail.
public struct SMTPConfiguration: Sendable {
    public enum Security: String, Sendable {
        /// TLS from the first byte; port 465 (RFC 8314).
        case implicitTLS
        /// TLS by `STARTTLS`, without which nothing is sent; port 587 or 25 (RFC 3207).
        case startTLS
        /// For a server on this machine or in a network of one's own.
        case none
    }

    public struct Timeouts: Sendable {
        /// For each of the server's addresses.
        public var connect = Duration.seconds(10)
        /// For the reply to a command.
        public var reply = Duration.seconds(60)
        /// For the reply to the message itself. Given up too early, a message is sent twice (RFC 5321 §4.5.3.2.6).
        public var acceptance = Duration.seconds(600)

        public init() {}
    }

    public let host: String
    public let port: Int
    public let security: Security
    /// What this machine calls itself to the server; nil: its address.
    public let name: String?
    public var credentials: SMTPCredentials?
    public var trust = CertificateTrust.system
    /// Whether a password may be sent without TLS to a server on this machine, never to another.
    public var allowsPasswordOnLoopback = false
    public var timeouts = Timeouts()

    /// - Parameter host: a name, or an address. It is the operator's own: private ones are fine.
    /// - Throws: for a host or a name that is neither, or a port outside 1…65,535.
    public init(
        host: String, port: Int, security: Security, name: String? = nil
    ) throws(OutboundURLProblem) {
        let url = try OutboundURL("https://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        guard url.target == "/", !host.contains("/") else { throw .host }
        if let name { _ = try OutboundURL.Host(name: name[...]) }
        (self.host, self.port, self.security, self.name) = (host, port, security, name)
        server = url.host
    }

    let server: OutboundURL.Host
}

/// Who sends, and the password. Printing one never shows the password.
public struct SMTPCredentials: Equatable, Sendable {
    public let user: String
    let password: String

    public init(user: String, password: String) {
        (self.user, self.password) = (user, password)
    }
}

extension SMTPCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "credentials of \(user)" }
    public var debugDescription: String { description }
    /// `dump` and test failures print the mirror, not the description.
    public var customMirror: Mirror { Mirror(self, children: ["user": user]) }
}
