/// A message that was not sent, as far as is known.
public struct SMTPFailure: Error, Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        case unknownHost
        case unreachable(String)
        case untrusted(String)
        case noTLS
        /// No way to sign in that both sides know.
        case noAuthentication
        case passwordInTheClear
        case signInRefused(SMTPReply)
        case refused(SMTPReply, at: Step)
        /// Of the message, in bytes.
        case tooLarge(Int, limit: Int)
        case unreadable
        case brokenOff
        case tooSlow(Duration)
        case cancelled
    }

    /// What the server was asked for when it refused.
    public enum Step: String, Sendable {
        case greeting
        case hello
        case startTLS = "STARTTLS"
        case sender
        case recipient
        case content
        case message
    }

    public let reason: Reason
    /// The message was on its way when the connection ended: it may arrive, and once more if it is sent again.
    public let mayHaveBeenSent: Bool

    public init(_ reason: Reason, mayHaveBeenSent: Bool = false) {
        (self.reason, self.mayHaveBeenSent) = (reason, mayHaveBeenSent)
    }

    /// Nothing is known to be wrong with the message: it may be sent later, perhaps after the configuration was corrected.
    public var mayPass: Bool {
        switch reason {
        case .refused(let reply, let step): !step.isRefusedForGood(by: reply)
        case .tooLarge: false
        case .unknownHost, .unreachable, .untrusted, .noTLS, .noAuthentication, .passwordInTheClear, .signInRefused,
            .unreadable, .brokenOff, .tooSlow, .cancelled:
            true
        }
    }
}

extension SMTPFailure: CustomStringConvertible {
    public var description: String {
        switch reason {
        case .unknownHost: "the mail server's name has no address: check it, and the name servers"
        case .unreachable(let why): "no connection to the mail server (\(why)): safe to try again later"
        case .untrusted(let why):
            "the mail server could not prove its name (\(why)): correct the name, or trust its certificate"
        case .noTLS: "the mail server offers no STARTTLS: use its port for TLS, or another server"
        case .noAuthentication: "the mail server knows neither PLAIN nor LOGIN: use another port or server"
        case .passwordInTheClear: "a password is not sent without TLS: use TLS, or allow it for a server on loopback"
        case .signInRefused(let reply): "the mail server refused the sign-in (\(reply)): check user and password"
        case .refused(let reply, let step): "the mail server refused the \(step.rawValue) (\(reply)): \(advice)"
        case .tooLarge(let size, let limit): "the message has \(size) bytes, the server takes \(limit): shorten it"
        case .unreadable: "what answers is no mail server: check host, port and TLS"
        case .brokenOff: "the connection to the mail server ended early: \(again)"
        case .tooSlow(let limit): "the mail server did not answer within \(limit): \(again)"
        case .cancelled: "the task was cancelled: \(again)"
        }
    }

    private var advice: String { mayPass ? "try again later" : "trying again cannot help" }

    private var again: String {
        mayHaveBeenSent ? "the message may have been sent; sent again, it may come twice" : "safe to try again later"
    }
}

extension SMTPFailure.Step {
    /// Whether the refusal is of this message, and not of whoever sends it or of all mail at this time.
    ///
    /// Source: RFC 5321 §4.2.3, §3.1 (554 as a greeting), §4.5.3.1.10 (552 to a recipient means "later"), RFC 4954 §6 (sign-in).
    fileprivate func isRefusedForGood(by reply: SMTPReply) -> Bool {
        switch self {
        case .greeting, .hello, .startTLS: return false
        case .recipient where reply.code == 552: return false
        case .sender, .recipient, .content, .message:
            // Out of order, or not signed in, are the operator's to mend.
            return (500..<600).contains(reply.code) && ![503, 530, 534, 535, 538].contains(reply.code)
        }
    }
}
