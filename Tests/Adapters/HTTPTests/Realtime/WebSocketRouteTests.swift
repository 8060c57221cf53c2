import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Storage
import Synchronization
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// WebSockets on real connections.
@Suite(.timeLimit(.minutes(20))) struct WebSocketRouteTests {
    /// A server with a socket that repeats what it hears.
    private func serve(
        _ rules: WebSocketRules = WebSocketRules(pingInterval: .seconds(3600), idleTime: .seconds(3600)),
        among table: ConnectionTable = Self.table(), sent: Count = Count(),
        _ test: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let router = Router(context: APIContext.self)
        router.add(middleware: RequestLog(metrics: MetricRegistry(), isSecure: false))
        router.webSocket("echo", rules: rules) { socket, _, _ in
            for await message in socket.messages {
                switch message {
                case .text("fail"): throw ServiceError.forbidden("no more of this")
                case .text("flood"):
                    for _ in 0..<4_000 {
                        try await socket.send([UInt8](repeating: 1, count: 16_384))
                        sent.add()
                    }
                case .text(let text): try await socket.send(text)
                case .binary(let bytes): try await socket.send(bytes)
                }
            }
        }
        router.get("plain") { _, _ in "plain" }
        let application = Application(
            router: router,
            server: .guarded(
                .patient, table, nil, RefusalLog(metrics: MetricRegistry(), logger: TestAPI.quiet)),
            logger: TestAPI.quiet)
        try await application.test(.ahc(.http)) { client in try await test(try #require(client.port)) }
    }

    private static func table() -> ConnectionTable { ConnectionTable(.patient, proxies: .none) }

    /// Of the messages of a flood that the system has taken.
    private final class Count: Sendable {
        private let counted = Mutex(0)
        var value: Int { counted.withLock { $0 } }
        func add() { counted.withLock { $0 += 1 } }
    }

    @Test func `it opens as the standard's example does, repeats what it hears and closes when asked`() async throws {
        try await serve { port in
            let client = try await RawClient.connect(to: port)
            let head = try await client.get("/echo", RawClient.upgrade)
            #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(head.lowercased().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"))
            #expect(head.lowercased().contains("connection: upgrade\r\n"))
            #expect(!head.lowercased().contains("transfer-encoding"))
            try await client.say("Grüße")
            #expect(try await client.text() == "Grüße")
            let large = ByteBuffer(repeating: 9, count: 60_000)
            try await client.send(WebSocketFrame(opcode: .binary, payload: large))
            #expect(try await client.frame() == WebSocketFrame(opcode: .binary, payload: large))
            try await client.send(WebSocketFrame(isFinal: false, opcode: .text, payload: ByteBuffer(string: "a")))
            try await client.send(WebSocketFrame(opcode: .ping, payload: ByteBuffer(string: "there?")))
            #expect(
                try await client.frame() == WebSocketFrame(opcode: .pong, payload: ByteBuffer(string: "there?")))
            try await client.send(WebSocketFrame(opcode: .continuation, payload: ByteBuffer(string: "b")))
            #expect(try await client.text() == "ab")
            try await client.send(WebSocketClose.normal.frame)
            #expect(try await client.closeCode() == 1000)
            #expect(try await client.frame() == nil)
        }
    }

    @Test func `what is said in the same breath as the answer is read is not lost`() async throws {
        try await serve { port in
            for round in 0..<50 {
                let client = try await RawClient.webSocket("/echo", port: port)
                try await client.say("\(round)")
                #expect(try await client.text() == "\(round)")
                try await client.abort()
            }
        }
    }

    @Test(
        arguments: [
            ("unmasked", [0x81, 0x01, 0x41], 1002), ("not UTF-8", [0x81, 0x82, 0, 0, 0, 0, 0xC3, 0x28], 1007),
            ("too large", [0x82, 0xFF, 0, 0, 0, 0, 0, 2, 0, 0], 1009),
            ("a fragment of nothing", [0x80, 0x80, 0, 0, 0, 0], 1002),
            ("noise", [0xFF, 0xFF, 0xFF, 0xFF], 1002),
        ] as [(String, [UInt8], Int)])
    func `a client that breaks a rule is told which, however much it goes on sending`(
        name: String, bytes: [UInt8], code: Int
    ) async throws {
        try await serve { port in
            let client = try await RawClient.webSocket("/echo", port: port)
            try await client.send(bytes + [UInt8](repeating: 0, count: 100_000))
            #expect(try await client.closeCode() == code)
            #expect(try await client.frame() == nil)
        }
    }

    @Test func `what goes wrong within is told by the code of the close`() async throws {
        try await serve { port in
            let client = try await RawClient.webSocket("/echo", port: port)
            try await client.say("fail")
            #expect(try await client.closeCode() == 1008)
        }
    }

    @Test func `other requests for its path are told to open a WebSocket`() async throws {
        try await serve { port in
            let client = try await RawClient.connect(to: port)
            let head = try await client.get("/echo")
            #expect(head.hasPrefix("HTTP/1.1 426 "))
            #expect(head.lowercased().contains("upgrade: websocket\r\n"))
            #expect(await client.read(until: "}}").contains("UPGRADE_REQUIRED"))
            // And the connection is good for more.
            #expect(try await client.get("/plain").hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test(arguments: [
        ("another version", ["Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="], "426"),
        ("no version", ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="], "426"),
        ("no key", ["Sec-WebSocket-Version: 13"], "400"),
        ("a short key", ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: c2hvcnQ="], "400"),
        (
            "two keys",
            [
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ], "400"
        ),
        (
            "a body",
            ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Content-Length: 3"], "400"
        ),
    ])
    func `a refused upgrade gets its answer, and the connection ends with it`(
        name: String, fields: [String], status: String
    ) async throws {
        try await serve { port in
            let client = try await RawClient.connect(to: port)
            let head = try await client.get("/echo", ["Connection: Upgrade", "Upgrade: websocket"] + fields)
            #expect(head.hasPrefix("HTTP/1.1 \(status) "), "\(head)")
            #expect(head.lowercased().contains("connection: close\r\n"))
            if status == "426" { #expect(head.lowercased().contains("sec-websocket-version: 13\r\n")) }
        }
    }

    @Test func `a path that is not there is not found, upgrade or not`() async throws {
        try await serve { port in
            let client = try await RawClient.connect(to: port)
            #expect(try await client.get("/nowhere", RawClient.upgrade).hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test func `who offers an upgrade that nobody takes is answered, and does not wait on that connection for more`()
        async throws
    {
        try await serve { port in
            let client = try await RawClient.connect(to: port)
            let head = try await client.get("/plain", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"])
            #expect(head.hasPrefix("HTTP/1.1 200 ") && head.lowercased().contains("connection: close\r\n"))
            #expect(try await RawClient.connect(to: port).get("/plain").hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `a peer that does not answer pings is closed, and one that does is kept`() async throws {
        // Beside other tests an honest one may take seconds.
        try await serve(WebSocketRules(pingInterval: .seconds(15), idleTime: .seconds(3600))) { port in
            let client = try await RawClient.webSocket("/echo", port: port)
            for _ in 0..<2 {
                #expect(try await client.frame()?.opcode == .ping)
                try await client.send(WebSocketFrame(opcode: .pong))
            }
            try await client.say("still here")
            #expect(try await client.text() == "still here")
        }
        try await serve(WebSocketRules(pingInterval: .milliseconds(300), idleTime: .seconds(3600))) { port in
            let client = try await RawClient.webSocket("/echo", port: port)
            #expect(try await client.frame()?.opcode == .ping)
            #expect(try await client.closeCode() == 1001)
        }
    }

    @Test func `a socket on which nothing is said ends`() async throws {
        try await serve(WebSocketRules(idleTime: .milliseconds(50))) { port in
            let client = try await RawClient.webSocket("/echo", port: port)
            #expect(try await client.closeCode() == 1000)
        }
    }

    @Test func `a client that reads nothing is waited for, nothing is kept for it, and in the end it is given up`()
        async throws
    {
        let rules = WebSocketRules(pingInterval: .seconds(15), idleTime: .seconds(3600))
        let (table, sent) = (Self.table(), Count())
        try await serve(rules, among: table, sent: sent) { port in
            let client = try await RawClient.webSocket("/echo", port: port, isReading: false)
            // 64 MB are to come, and nobody reads them.
            try await client.say("flood")
            while table.count > 0 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(sent.value > 0 && sent.value * 16_384 < 32 << 20, "\(sent.value) were taken")
            try? await client.abort()
        }
    }

    @Test func `open sockets are told that the server stops, and it stops`() async throws {
        let box = Box()
        try await serve { port in
            box.client = try await RawClient.webSocket("/echo", port: port)
            try await box.client?.say("here")
            #expect(try await box.client?.text() == "here")
            let client = box.client
            box.waiting = Task {
                let code = try await client?.closeCode()
                // The server does not wait for it for ever.
                try? await client?.send(WebSocketClose(1001).frame)
                return code
            }
        }
        #expect(try await box.waiting?.value == 1001)
    }

    /// Handed out of a server's life.
    private final class Box: @unchecked Sendable {
        var client: RawClient?
        var waiting: Task<Int?, any Error>?
    }

    @Test
    func `clients that go without a word leave nothing behind`() async throws {
        let table = Self.table()
        try await serve(among: table) { port in
            for round in 0..<100 {
                let client = try await RawClient.webSocket("/echo", port: port)
                if round.isMultiple(of: 2) { try await client.send([0x81, 0xFE, 0x10]) }
                try await client.abort()
            }
            // While the server goes on: stopping would end them all.
            while table.count > 0 { try await Task.sleep(for: .milliseconds(5)) }
            let last = try await RawClient.webSocket("/echo", port: port)
            #expect(table.count == 1)
            try await last.abort()
        }
    }
}
