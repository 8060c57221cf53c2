import NIOCore
import NIOHTTP1
import NIOPosix
import Storage
import StorageTestKit
import Synchronization

@testable import StorageS3

/// A server on loopback that answers as a test tells it, or not at all.
enum ScriptedServer {
    enum Reply: Sendable {
        case answer(Int, [(String, String)] = [], String = "")
        /// The connection ends without a word.
        case drop
        /// The connection stays, and nothing comes.
        case silence
        /// The head promises more than comes before the connection ends.
        case cut(Int, [(String, String)], String, promised: Int)
        /// As a cut, but the connection stays.
        case stall(Int, [(String, String)], String, promised: Int)

        static func error(_ status: Int, _ code: String, _ more: String = "") -> Reply {
            .answer(status, [], "<Error><Code>\(code)</Code>\(more)</Error>")
        }
    }

    struct Call: Sendable {
        let method: String
        let uri: String
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    private struct State {
        var replies: [Reply]
        var calls: [Call] = []
    }

    /// Runs `body` against a server that gives one reply after the other, and the last one for ever.
    static func run(
        _ replies: [Reply], clock: any WallClock = ManualClock(),
        _ change: (inout S3Configuration) -> Void = { _ in },
        body: (S3ObjectStore, _ calls: () -> [Call]) async throws -> Void
    ) async throws {
        let script = Script(replies)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let port = channel.localAddress?.port ?? 0
            var configuration = try S3Configuration(
                endpoint: S3Endpoint("http://127.0.0.1:\(port)"), region: "auto", bucket: "takes",
                credentials: S3Credentials(accessKeyID: "me", secretAccessKey: "hidden"))
            configuration.retries = S3RetryPolicy(attempts: 4, base: .milliseconds(1), cap: .milliseconds(2))
            change(&configuration)
            try await body(S3ObjectStore(configuration, clock: clock), { script.calls })
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Script: Sendable {
        private let state: Mutex<State>

        var calls: [Call] { state.withLock { $0.calls } }

        init(_ replies: [Reply]) {
            state = Mutex(State(replies: replies))
        }

        func reply(to call: Call) -> Reply {
            state.withLock { state in
                state.calls.append(call)
                return state.replies.count > 1 ? state.replies.removeFirst() : state.replies.first ?? .drop
            }
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let script: Script
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ script: Script) {
            self.script = script
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, [])
            case .body(let buffer): body += Array(buffer.readableBytesView)
            case .end:
                guard let head else { return }
                let call = Call(method: head.method.rawValue, uri: head.uri, headers: head.headers, body: body)
                reply(script.reply(to: call), to: head, context)
            }
        }

        private func reply(_ reply: Reply, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
            switch reply {
            case .drop: context.close(promise: nil)
            case .silence: break
            case .answer(let status, let headers, let text):
                write(status, headers, text, text.utf8.count, request, context)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .stall(let status, let headers, let text, let promised):
                write(status, headers, text, promised, request, context)
                context.flush()
            case .cut(let status, let headers, let text, let promised):
                write(status, headers, text, promised, request, context)
                context.flush()
                context.close(promise: nil)
            }
        }

        private func write(
            _ status: Int, _ headers: [(String, String)], _ text: String, _ length: Int, _ request: HTTPRequestHead,
            _ context: ChannelHandlerContext
        ) {
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
            head.headers = HTTPHeaders(headers)
            if !head.headers.contains(name: "Content-Length") {
                head.headers.add(name: "Content-Length", value: String(length))
            }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if request.method != .HEAD {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            }
        }
    }
}
