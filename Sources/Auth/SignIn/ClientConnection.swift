/// Where a request came in from, as the server itself saw it.
public struct ClientConnection: Sendable, Equatable {
    /// The other end's IP address, as the socket has it; nothing a header says.
    public let address: String
    /// The `Host` header or `:authority`.
    public let host: String?
    /// Whether one of ``forwardingHeaders`` is there: then the address is a proxy's.
    public let isForwarded: Bool

    public init(address: String, host: String?, isForwarded: Bool) {
        (self.address, self.host, self.isForwarded) = (address, host, isForwarded)
    }

    /// In lower case.
    public static let forwardingHeaders: Set<String> = [
        "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port",
        "x-forwarded-server", "x-real-ip", "true-client-ip", "cf-connecting-ip", "cf-ray", "x-client-ip",
        "x-envoy-external-address",
    ]

    /// The request came from this machine, to it by its own name, and through nobody else.
    ///
    /// The name too: a page of another site can have its own name lead to 127.0.0.1 and then read what we answer.
    public var isOfThisMachine: Bool {
        !isForwarded && Self.isLoopback(address) && host.map(Self.isOwnName) ?? false
    }

    /// 127.0.0.0/8, `::1`, and the first in the form IPv6 has for it.
    static func isLoopback(_ address: String) -> Bool {
        let mapped = "::ffff:"
        let address = address.lowercased().hasPrefix(mapped) ? String(address.dropFirst(mapped.count)) : address
        if address == "::1" { return true }
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isOwnName(_ host: String) -> Bool {
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" }.dropFirst() : host.prefix { $0 != ":" }
        return name.lowercased() == "localhost" || isLoopback(String(name))
    }
}
