import Addresses

/// A request that was refused, or failed.
///
/// ``description`` says the same of every failure, so that nobody learns from it what answers where inside; ``reason`` is for
/// the operator's log, which ``OutboundHTTP`` writes itself.
public struct OutboundFailure: Error, Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        case url(OutboundURLProblem)
        case plainHTTP
        case port(Int)
        case privateName
        case address(IPAddress.Use)
        case unknownName
        /// By any of the host's addresses.
        case unreachable(String)
        case untrusted(String)
        case tooSlow(Duration)
        case headTooLong(Int)
        case unreadable(String)
        case brokenOff
        case tooManyRedirects(Int)
        case redirect(OutboundURLProblem)
        case redirectToPlainHTTP
        case cancelled
    }

    public let reason: Reason

    public init(_ reason: Reason) {
        self.reason = reason
    }

    /// The same request may succeed later.
    public var mayPass: Bool {
        switch reason {
        case .unknownName, .unreachable, .untrusted, .tooSlow, .headTooLong, .unreadable, .brokenOff, .cancelled: true
        case .url, .plainHTTP, .port, .privateName, .address, .tooManyRedirects, .redirect, .redirectToPlainHTTP: false
        }
    }
}

extension OutboundFailure: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        "no answer from that address: it must be a public https address whose server answers in time"
    }

    public var debugDescription: String { description }
}

extension OutboundFailure.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .url(let problem): "\(problem)"
        case .plainHTTP: "http is not allowed: use https, or allow the host"
        case .port(let port): "port \(port) is not allowed: allow the host with this port if you trust it"
        case .privateName: "the name belongs to a private network: allow the host if you trust it"
        case .address(let use): "the host's address is for \(use.rawValue): allow the host if you trust it"
        case .unknownName: "the name has no address: check it, and the name servers"
        case .unreachable(let why): "no connection (\(why)): safe to try again later"
        case .untrusted(let why):
            "the server could not prove its name (\(why)): its certificate must be renewed or trusted"
        case .tooSlow(let limit): "not done within \(limit): try again later, or raise the limit"
        case .headTooLong(let limit): "the answer's head is longer than \(limit) bytes"
        case .unreadable(let why): "the answer is not HTTP (\(why))"
        case .brokenOff: "the connection ended before the answer did: try again later"
        case .tooManyRedirects(let limit): "redirected more than \(limit) times: name the last address instead"
        case .redirect(let problem): "redirected to what is no address: \(problem)"
        case .redirectToPlainHTTP: "redirected from https to http"
        case .cancelled: "the task was cancelled"
        }
    }
}
