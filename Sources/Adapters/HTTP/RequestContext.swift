import Auth
import Foundation
import Hummingbird
import Logging
import NIOCore

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
        coreContext.logger[metadataKey: "request_id"] = "\(id)"
    }

    /// For limits by address: the IP address without its port.
    var address: String { peer?.ipAddress ?? "local" }

    var isLoopback: Bool {
        guard let address = peer?.ipAddress else { return false }
        return address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }

    func requirePrincipal() throws -> Principal {
        guard let principal else { throw HTTPError(.unauthorized) }
        return principal
    }
}
