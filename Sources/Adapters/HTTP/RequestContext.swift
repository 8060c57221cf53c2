import Auth
import Foundation
import Hummingbird
import Logging
import NIOCore
import Storage
import Synchronization
import WaxwingService

/// What is known about a request besides the request itself.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let id: String
    /// The connection, or stream of one.
    let channel: any Channel
    /// Where the connection comes from; nil for tests without one.
    let peer: SocketAddress?
    /// Where the request comes from; set by ``ClientAddresses``.
    var client: ClientAddress?
    /// What a limit has said of the request, for the headers of the answer; also where the answer is an error.
    let rate = RateNote()
    /// Of a request with an idempotency key; set by ``Idempotency``.
    var ticket: IdempotencyTicket?
    /// Shared by the copies of the context: the log is written further out than somebody is found to be signed in.
    private let caller = Mutexed<Principal?>(nil)
    private let streams = Mutexed(false)

    init(source: ApplicationRequestContextSource) {
        id = Identifier<Request>.random().text
        (channel, peer) = (source.channel, source.channel.remoteAddress)
        coreContext = .init(source: source)
        logger[metadataKey: "hb.request.id"] = nil
        logger[metadataKey: "request_id"] = "\(id)"
    }

    /// For limits by address: one subscriber's.
    var address: String { client?.key ?? "local" }

    /// Set by ``Authentication``.
    var principal: Principal? {
        get { caller.value }
        nonmutating set { caller.value = newValue }
    }

    /// Whether the answer goes on for as long as somebody listens: it is logged when it ends.
    var isStream: Bool {
        get { streams.value }
        nonmutating set { streams.value = newValue }
    }

    var account: AccountID? { principal?.user }

    func requirePrincipal() throws -> Principal {
        guard let principal else { throw HTTPError(.unauthorized) }
        return principal
    }
}

extension APIContext: SocketContext {}

/// A value that several see.
private final class Mutexed<Value: Sendable>: Sendable {
    private let guarded: Mutex<Value>

    init(_ value: Value) {
        guarded = Mutex(value)
    }

    var value: Value {
        get { guarded.withLock { $0 } }
        set { guarded.withLock { $0 = newValue } }
    }
}

extension Request {
    /// Where a request comes from, for limits and the audit log.
    func source(in context: APIContext) -> RequestOrigin {
        RequestOrigin(address: context.address, device: headers[.userAgent].flatMap { DeviceName($0) })
    }
}
