import Addresses

/// The reverse proxies whose word on where a request comes from is taken. None, unless the operator names them.
public struct TrustedProxies: Equatable, Sendable {
    /// The one header in which they say it. Others are never read: what a proxy does not write, it may pass on from the
    /// client as it came.
    public enum Header: String, CaseIterable, Sendable {
        case xForwardedFor = "X-Forwarded-For"
        /// RFC 7239.
        case forwarded = "Forwarded"

        public init?(ofAnyCase name: String) {
            guard let header = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
                return nil
            }
            self = header
        }
    }

    public static let none = TrustedProxies([])

    public let networks: [IPNetwork]
    public let header: Header

    public init(_ networks: [IPNetwork], header: Header = .xForwardedFor) {
        (self.networks, self.header) = (networks, header)
    }

    /// Reads a list like `127.0.0.1, 10.0.0.0/8, 2001:db8::/32`. Nil when a part of it is no network.
    public init?(_ text: String, header: Header = .xForwardedFor) {
        var networks: [IPNetwork] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let network = IPNetwork(String(part).trimmingBlanks) else { return nil }
            networks.append(network)
        }
        self.init(networks, header: header)
    }

    func contains(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }
}

extension StringProtocol {
    /// Without spaces and tabs at its ends: HTTP's optional white space.
    ///
    /// Source: RFC 9110 §5.6.3.
    var trimmingBlanks: SubSequence {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}
