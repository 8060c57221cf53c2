import Addresses
import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections to addresses, never to names: whoever looked a name up has judged what it led to.
struct Connector: Sendable {
    enum Security: Sendable {
        case none
        /// The name, or the address itself when it is one, must stand in the server's certificate.
        case tls(name: String?)
    }

    /// None of the addresses answered; the last one's reason.
    struct Unreachable: Error {
        let why: String
    }

    private let context: NIOSSLContext
    private let group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup

    init(trust: CertificateTrust) throws(CertificateTrustProblem) {
        context = try trust.context()
    }

    /// Tries one address after the other.
    ///
    /// - Parameter furnish: adds the handlers of the protocol, on the channel's event loop, before it is connected.
    func connect<Output: Sendable>(
        to addresses: [IPAddress], port: Int, security: Security, timeout: Duration,
        furnish: @escaping @Sendable (any Channel) throws -> Output
    ) async throws -> (channel: any Channel, output: Output) {
        var last = Unreachable(why: "no address")
        for address in addresses {
            do {
                let target = try SocketAddress(ipAddress: address.description, port: port)
                return try await connect(to: target, security, timeout, furnish)
            } catch {
                try Task.checkCancellation()
                last = Unreachable(why: Self.words(error))
            }
        }
        throw last
    }

    private func connect<Output: Sendable>(
        to target: SocketAddress, _ security: Security, _ timeout: Duration,
        _ furnish: @escaping @Sendable (any Channel) throws -> Output
    ) async throws -> (channel: any Channel, output: Output) {
        let cancellable = CancellableChannel()
        let bootstrap = ClientBootstrap(group: group).connectTimeout(TimeAmount(timeout))
        return try await withTaskCancellationHandler {
            try await bootstrap.connect(to: target) { channel in
                cancellable.open(channel)
                return channel.eventLoop.makeCompletedFuture {
                    if case .tls(let name) = security { try secure(channel, name: name) }
                    return (channel, try furnish(channel))
                }
            }
        } onCancel: {
            cancellable.cancel()
        }
    }

    /// Begins the handshake, at once on a channel that is connected. On its event loop.
    func secure(_ channel: any Channel, name: String?) throws {
        let handler = try NIOSSLClientHandler(context: context, serverHostname: name)
        try channel.pipeline.syncOperations.addHandler(handler, position: .first)
    }

    static func words(_ error: any Error) -> String {
        switch error {
        case ChannelError.connectTimeout: "no answer in time"
        default: String("\(error)".prefix(200))
        }
    }
}
