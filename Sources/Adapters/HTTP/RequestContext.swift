import Auth
import Foundation
import Hummingbird
import Logging
import NIOCore
import Storage

/// What is known about a request besides the request itself.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let id: String
    /// Where the connection comes from; nil for tests without one.
    let peer: SocketAddress?
    /// Set by ``Authentication``.
    var principal: Principal?

    init(source: ApplicationRequestContextSource) {
        id = UUID().uuidString.lowercased()
        peer = source.channel.remoteAddress
        coreContext = .init(source: source)
        logger[metadataKey: "hb.request.id"] = nil
        logger[metadataKey: "request_id"] = "\(id)"
    }

    /// For limits by address: the IP address without its port, IPv6 cut to the /64 that one subscriber has.
    var address: String {
        guard let text = peer?.ipAddress else { return "local" }
        var bytes = [UInt8](repeating: 0, count: 16)
        guard !text.hasPrefix("::ffff:"), inet_pton(AF_INET6, text, &bytes) == 1 else { return text }
        return Checksum.hex(bytes.prefix(8)) + "/64"
    }

    var isLoopback: Bool {
        guard let address = peer?.ipAddress else { return false }
        return address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }

    var account: AccountID? { principal?.user }

    func requireAccount() throws -> AccountID {
        try requirePrincipal().user
    }

    func requirePrincipal() throws -> Principal {
        guard let principal else { throw HTTPError(.unauthorized) }
        return principal
    }
}
