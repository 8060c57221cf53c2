/// A host that the operator trusts: `hooks.lan`, `127.0.0.1:8025`, `[::1]:8025`.
public struct AllowedHost: Hashable, Sendable {
    public let host: OutboundURL.Host
    /// Nil: any of the policy's ports.
    public let port: Int?

    public init(_ text: String) throws(OutboundURLProblem) {
        let url = try OutboundURL("http://\(text)")
        guard !text.contains("/"), !text.contains("?") else { throw .host }
        host = url.host
        port = text.hasSuffix("]") || !text.contains(":") ? nil : url.port
    }
}

extension AllowedHost: CustomStringConvertible {
    public var description: String {
        port.map { "\(host):\($0)" } ?? "\(host)"
    }
}
