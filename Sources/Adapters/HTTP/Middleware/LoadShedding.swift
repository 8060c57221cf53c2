import Hummingbird
import NIOCore
import Synchronization

/// Turns requests away while too many others are being worked on, so that those are answered in time.
///
/// A request that waits for its client is no work: slow clients keep nobody out. Health stays green.
struct LoadShedding: RouterMiddleware {
    let load: RequestLoad

    /// Whether a monitor or proxy asks, who must be told even when nobody else is: a server that is busy is well, and is no less
    /// so for the requests that would go to busier ones instead.
    static func isExempt(_ path: String?) -> Bool {
        path.map { exempt.contains($0.prefix { $0 != "?" }) } ?? false
    }

    private static let exempt: Set<Substring> = ["/health", "/api/health", "/api/ready"]

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard !Self.isExempt(request.head.path) else { return try await next(request, context) }
        guard load.begin() else { throw Refusal.overloaded }
        defer { load.end() }
        guard !request.hasNoBody else { return try await next(request, context) }
        var request = request
        request.body = RequestBody(asyncSequence: AwaitedBody(body: request.body, load: load, channel: context.channel))
        return try await next(request, context)
    }
}

/// How many requests are being worked on.
final class RequestLoad: Sendable {
    private let limit: Int
    private let working = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { working.withLock { $0 } }

    /// - Returns: false when there are too many already.
    func begin() -> Bool {
        working.withLock { working in
            guard working < limit else { return false }
            working += 1
            return true
        }
    }

    func end() {
        working.withLock { $0 -= 1 }
    }

    /// Of a request that had begun before.
    func goOn() {
        working.withLock { $0 += 1 }
    }
}

/// A body that is asked for when somebody begins to read it, and whose reader does no work while it waits.
private struct AwaitedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: RequestBody
    let load: RequestLoad
    let channel: any Channel

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let awaited: AwaitedBody
        var isAskedFor = false

        mutating func next() async throws -> ByteBuffer? {
            awaited.load.end()
            defer { awaited.load.goOn() }
            if !isAskedFor {
                awaited.channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
                isAskedFor = true
            }
            return try await base.next()
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: body.makeAsyncIterator(), awaited: self)
    }
}
