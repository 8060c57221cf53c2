import Addresses
import NIOCore
import Synchronization

/// Counts open connections, in all and of each subscriber.
final class ConnectionTable: Sendable {
    enum Admission: Equatable, Sendable {
        case served
        /// One too many: it is told so, and may ask for the server's health.
        case surplus
        /// Far too many to say a word to each.
        case refused
    }

    /// One connection's place, to be given back.
    struct Seat: Sendable {
        let admission: Admission
        /// Whose connections are counted together; nil for a trusted proxy, and where no address is known.
        fileprivate let subscriber: IPNetwork?
    }

    private let limits: ConnectionLimits
    private let proxies: TrustedProxies
    private let open = Mutex((all: 0, of: [IPNetwork: Int]()))

    init(_ limits: ConnectionLimits, proxies: TrustedProxies) {
        (self.limits, self.proxies) = (limits, proxies)
    }

    /// How many there are.
    var count: Int { open.withLock { $0.all } }

    func seat(for address: IPAddress?) -> Seat {
        let peer = address?.unmapped
        let subscriber = peer.flatMap { proxies.contains($0) ? nil : $0.subscriber }
        return open.withLock { open in
            open.all += 1
            let own = subscriber.map { open.of[$0, default: 0] + 1 } ?? 0
            if let subscriber { open.of[subscriber] = own }
            let excess = max(open.all - limits.connections, own - limits.connectionsPerAddress)
            let admission: Admission = excess <= 0 ? .served : excess <= limits.surplus ? .surplus : .refused
            return Seat(admission: admission, subscriber: subscriber)
        }
    }

    func leave(_ seat: Seat) {
        open.withLock { open in
            open.all -= 1
            guard let subscriber = seat.subscriber, let count = open.of[subscriber] else { return }
            open.of[subscriber] = count > 1 ? count - 1 : nil
        }
    }
}

extension SocketAddress {
    /// Without the interface that a link-local address was reached by: `fe80::1%eth0`.
    var parsedAddress: IPAddress? {
        ipAddress.flatMap { IPAddress($0.prefix { $0 != "%" }) }
    }
}
