import Addresses

/// Where the program may go when somebody else names the place.
///
/// As it comes: `https`, ports 80 and 443, public addresses only. What the operator names in ``allowed`` is excepted.
public struct OutboundPolicy: Sendable {
    /// Whether `http` may be used with hosts that are not in ``allowed``. What is sent can then be read on the way.
    public var allowsPlainHTTP = false
    public var ports: Set<Int> = [80, 443]
    /// Hosts that the operator trusts, private ones too, with `http` or `https`. Whoever names an address under this policy
    /// may reach them: a policy for tenants' addresses allows none, or only what tenants may talk to as they like.
    public var allowed: [AllowedHost]

    public init(allowed: [AllowedHost] = []) {
        self.allowed = allowed
    }
}

extension OutboundPolicy {
    /// What can be told from the address alone, before any name is looked up.
    func judge(_ url: OutboundURL) throws(OutboundFailure) {
        guard !isAllowed(url) else { return }
        guard url.scheme == .https || allowsPlainHTTP else { throw OutboundFailure(.plainHTTP) }
        guard ports.contains(url.port) else { throw OutboundFailure(.port(url.port)) }
        switch url.host {
        case .address(let address): try Self.judge([address])
        case .name(let name):
            guard Self.isPublic(name) else { throw OutboundFailure(.privateName) }
        }
    }

    /// What the host's name led to. One address that is not public refuses them all: an honest host has none.
    func judge(_ addresses: [IPAddress], of url: OutboundURL) throws(OutboundFailure) {
        guard isAllowed(url) else { return try Self.judge(addresses) }
        // A name is trusted as far as its owner's network goes. Metadata services hand out the machine's credentials.
        guard case .name = url.host else { return }
        for address in addresses {
            switch address.use {
            case .global, .loopback, .privateNetwork, .sharedNetwork, .documentation, .benchmarking: break
            case .linkLocal, .metadata, .multicast, .reserved: throw OutboundFailure(.address(address.use))
            }
        }
    }

    func isAllowed(_ url: OutboundURL) -> Bool {
        allowed.contains { $0.host == url.host && ($0.port.map { $0 == url.port } ?? ports.contains(url.port)) }
    }

    private static func judge(_ addresses: [IPAddress]) throws(OutboundFailure) {
        for address in addresses where address.use != .global { throw OutboundFailure(.address(address.use)) }
    }

    /// One label is completed by the machine's own search list; the others are never in the public name system.
    ///
    /// Source: RFC 6761, 6762, 7686, 8375; ICANN's resolution 2024.07.29.06 (`internal`).
    private static func isPublic(_ name: String) -> Bool {
        name.contains(".")
            && ![".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".onion"].contains {
                name.hasSuffix($0)
            }
    }
}
