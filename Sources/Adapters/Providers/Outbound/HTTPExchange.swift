import Addresses
import NIOCore
import NIOHTTP1
import NIOSSL
import Storage

/// One request and its answer over a connection of their own.
struct HTTPExchange: Sendable {
    let request: OutboundRequest
    let headers: [(name: String, value: String)]
    let url: OutboundURL

    func run(on connector: Connector, to addresses: [IPAddress]) async throws -> OutboundAnswer {
        let (head, body, limits) = (head, request.body, request.limits)
        do {
            let (channel, answer) = try await connector.connect(
                to: addresses, port: url.port, security: security, timeout: limits.connect
            ) { channel in
                let wire = try Self.furnish(channel, limits)
                let answer = channel.eventLoop.makePromise(of: RawAnswer.self)
                let handler = HTTPExchangeHandler(head, body, limit: limits.body, wire: wire, answer: answer)
                do {
                    try channel.pipeline.syncOperations.addHandler(handler)
                } catch {
                    answer.fail(error)
                    throw error
                }
                return answer.futureResult
            }
            return try await answer.get(closing: channel).answer(from: url)
        } catch {
            try Task.checkCancellation()
            throw Self.failure(error, limits)
        }
    }

    /// The same, up to the body, which is read as it is pulled.
    func open(
        on connector: Connector, to addresses: [IPAddress], until end: NIODeadline
    ) async throws -> OutboundStream {
        let (head, body, limits) = (head, request.body, request.limits)
        do {
            let (channel, (handler, answer)) = try await connector.connect(
                to: addresses, port: url.port, security: security, timeout: limits.connect
            ) { channel in
                let wire = try Self.furnish(channel, limits)
                let answer = channel.eventLoop.makePromise(of: HTTPResponseHead.self)
                let handler = HTTPStreamHandler(head, body, until: end, limits, wire: wire, head: answer)
                do {
                    try channel.pipeline.syncOperations.addHandler(handler)
                } catch {
                    answer.fail(error)
                    throw error
                }
                return (NIOLoopBound(handler, eventLoop: channel.eventLoop), answer.futureResult)
            }
            let source = HTTPBodySource(channel, handler, limits)
            let response = try await answer.get(closing: channel)
            return OutboundStream(
                status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
                body: ByteStream(pull: { try await source.next() }), url: url)
        } catch {
            try Task.checkCancellation()
            // The end of all time also ends a connection that does not stand yet.
            if error is Connector.Unreachable, NIODeadline.now() >= end {
                throw OutboundFailure(.tooSlow(limits.total))
            }
            throw Self.failure(error, limits)
        }
    }

    private static func furnish(_ channel: any Channel, _ limits: OutboundRequest.Limits) throws -> WireLimit {
        let pipeline = channel.pipeline.syncOperations
        let wire = WireLimit(limits.head)
        try pipeline.addHandler(wire)
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderListSize = limits.head
        try pipeline.addHTTPClientHandlers(decoderLimitConfiguration: decoding)
        return wire
    }

    private var security: Connector.Security {
        switch (url.scheme, url.host) {
        case (.http, _): .none
        case (.https, .name(let name)): .tls(name: name)
        case (.https, .address): .tls(name: nil)
        }
    }

    private var head: HTTPRequestHead {
        var fields = HTTPHeaders(headers.map { ($0.name, $0.value) })
        fields.replaceOrAdd(name: "Host", value: url.authority)
        fields.replaceOrAdd(name: "Connection", value: "close")
        // Whatever is packed is not unpacked: a small answer must not become a large one.
        fields.replaceOrAdd(name: "Accept-Encoding", value: "identity")
        if !fields.contains(name: "User-Agent") { fields.add(name: "User-Agent", value: "Waxwing") }
        if !request.body.isEmpty || [.post, .put, .patch].contains(request.method) {
            fields.replaceOrAdd(name: "Content-Length", value: String(request.body.count))
        }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: url.target, headers: fields)
    }

    static func failure(_ error: any Error, _ limits: OutboundRequest.Limits) -> OutboundFailure {
        switch error {
        case let failure as OutboundFailure: failure
        case let unreachable as Connector.Unreachable: OutboundFailure(.unreachable(unreachable.why))
        case is WireLimit.Passed, HTTPParserError.headerOverflow: OutboundFailure(.headTooLong(limits.head))
        case HTTPParserError.invalidEOFState: OutboundFailure(.brokenOff)
        case let error as HTTPParserError: OutboundFailure(.unreadable("\(error)"))
        case NIOSSLError.uncleanShutdown: OutboundFailure(.brokenOff)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            OutboundFailure(.untrusted(Connector.words(error)))
        default: OutboundFailure(.brokenOff)
        }
    }
}

/// An answer before anyone knows where it came from.
struct RawAnswer: Sendable {
    let head: HTTPResponseHead
    var body: [UInt8] = []
    var isCut = false

    func answer(from url: OutboundURL) -> OutboundAnswer {
        OutboundAnswer(
            status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) }, body: body, isCut: isCut,
            url: url)
    }
}
