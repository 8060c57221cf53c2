import Addresses
import HTTPTypes

/// Where a request comes from, as far as one can believe it.
///
/// The peer of the connection, unless that is a trusted proxy. Then its header is read from the right, where each proxy
/// added the address that spoke to it: addresses of trusted proxies are passed over, and the first other one is the
/// client, whatever stands left of it. Where a hop cannot be read, the proxy that wrote it is the client: who sends
/// nonsense is not counted apart from it.
struct ClientAddress: Equatable, Sendable {
    enum Scheme: String, Sendable {
        case http, https
    }

    let address: IPAddress
    /// How the client reached the first proxy, or this server without one.
    let scheme: Scheme

    init(peer: IPAddress, reachedBy own: Scheme = .http, _ headers: HTTPFields, trusting proxies: TrustedProxies) {
        let peer = peer.unmapped
        guard proxies.contains(peer) else {
            (address, scheme) = (peer, own)
            return
        }
        switch proxies.header {
        case .xForwardedFor:
            let hops = ForwardedHop.hops(ofXForwardedFor: headers.lines(of: .xForwardedFor))
            address = Self.client(behind: peer, hops, proxies).address
            scheme = Scheme(lastOf: headers.lines(of: .xForwardedProto)) ?? .http
        case .forwarded:
            let hops = ForwardedHop.hops(ofForwarded: headers.lines(of: .forwarded))
            let client = Self.client(behind: peer, hops, proxies)
            (address, scheme) = (client.address, client.scheme ?? .http)
        }
    }

    /// - Parameter hops: the last first.
    private static func client(
        behind peer: IPAddress, _ hops: some Sequence<ForwardedHop?>, _ proxies: TrustedProxies
    ) -> ForwardedHop {
        var client = ForwardedHop(address: peer, scheme: nil)
        for hop in hops {
            guard let hop else { break }
            client = hop
            guard proxies.contains(hop.address) else { break }
        }
        return client
    }

    /// For counting: one subscriber, not one of the 2⁶⁴ addresses that an IPv6 subscriber may use.
    var key: String { address.subscriber.description }
}

extension ClientAddress.Scheme {
    /// Nil when there is none, or what the last proxy wrote is no scheme of the web.
    fileprivate init?(lastOf values: [String]) {
        guard let last = values.last?.split(separator: ",", omittingEmptySubsequences: false).last else { return nil }
        self.init(rawValue: last.trimmingBlanks.lowercased())
    }
}

extension HTTPFields {
    /// The header's values, line by line, with a question mark for each letter outside of ASCII: some of those would melt
    /// into one `Character` with the comma that a proxy writes behind them.
    fileprivate func lines(of name: HTTPField.Name) -> [String] {
        self[values: name].map { value in String(value.unicodeScalars.map { $0.isASCII ? Character($0) : "?" }) }
    }
}

extension HTTPField.Name {
    static let forwarded = HTTPField.Name.named("Forwarded")
    static let xForwardedFor = HTTPField.Name.named("X-Forwarded-For")
    static let xForwardedProto = HTTPField.Name.named("X-Forwarded-Proto")
}
