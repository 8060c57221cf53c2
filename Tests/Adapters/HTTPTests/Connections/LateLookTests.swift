import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import WaxwingHTTP

/// What a server that stood still makes of the silence of its clients.
@Suite struct LateLookTests {
    private final class Diary: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let kept = Mutex<[String]>([])
        var lines: [String] { kept.withLock { $0 } }

        func note(_ line: String) { kept.withLock { $0.append(line) } }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { note("read") }
    }

    @Test func `what came in meanwhile is read before anybody is judged`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let diary = Diary()
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(diary) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.minutes(10))
            .connect(to: try #require(server.localAddress)).get()
        try await client.writeAndFlush(ByteBuffer(string: "first"))
        while diary.lines.isEmpty { try await Task.sleep(for: .milliseconds(5)) }

        let loop = group.next()
        let looked = loop.makePromise(of: Void.self)
        try await loop.submit {
            _ = loop.look(in: .seconds(1)) {
                diary.note("look")
                looked.succeed()
            }
            // The loop stands still until the look is long due, and something has come.
            let written = DispatchSemaphore(value: 0)
            client.writeAndFlush(ByteBuffer(string: "second")).whenComplete { _ in written.signal() }
            written.wait()
            usleep(2_500_000)
        }.get()
        try await looked.futureResult.get()
        #expect(diary.lines == ["read", "read", "look"])
        try await client.close()
        try await server.close()
        try await group.shutdownGracefully()
    }
}
