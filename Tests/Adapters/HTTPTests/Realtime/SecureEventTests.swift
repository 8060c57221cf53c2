import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// Events where the server is reached by TLS.
@Suite(.enabled(if: MadeCertificate.tool != nil, "install openssl to check TLS"), .timeLimit(.minutes(20)))
struct SecureEventTests {
    private let quick = EventPace(look: .milliseconds(10), check: .milliseconds(20))

    @Test func `a WebSocket opens, tells what happens and closes`() async throws {
        let files = try MadeCertificate()
        try await TestAPI.run(certificate: files.certificate(), pace: quick) { api in
            try await SecureClient.use(api.port, trusting: files.file) { secure in
                let token = try await secure.signUp()
                let client = try await RawClient.webSocket(
                    "/api/events", port: api.port, ["Authorization: Bearer \(token)"], trusting: files.file)
                #expect(try await client.text()?.contains("hello") == true)
                try await secure.upload(Sound.clicks(seconds: 1), token: token)
                #expect(try await client.text()?.contains("job.pending") == true)
                try await client.say(#"{"type":"ping"}"#)
                #expect(try await client.text() == #"{"type":"pong"}"#)
                try await client.send(WebSocketClose.normal.frame)
                #expect(try await client.closeCode() == 1000)
            }
        }
    }

    @Test func `a stream over HTTP/2 tells what other streams of its connection do, and ends with its session`()
        async throws
    {
        let files = try MadeCertificate()
        try await TestAPI.run(certificate: files.certificate(), pace: quick) { api in
            try await SecureClient.use(api.port, trusting: files.file) { secure in
                let token = try await secure.signUp()
                let response = try await secure.open(.GET, "/api/events", token: token)
                #expect(response.version == .http2 && response.status == .ok)
                #expect(response.headers.first(name: "Content-Type") == "text/event-stream; charset=utf-8")
                #expect(response.headers["Connection"].isEmpty)
                var (body, text) = (response.body.makeAsyncIterator(), "")
                func read(until mark: String) async throws {
                    while !text.contains(mark), let piece = try await body.next() { text += String(buffer: piece) }
                    #expect(text.contains(mark))
                }
                try await read(until: "event: hello\n")
                for number in 1...3 {
                    try await secure.upload(Sound.clicks(seconds: 1), token: token)
                    try await read(until: "id: \(number)\nevent: job.pending\n")
                }
                _ = try await secure.send(.POST, "/api/auth/logout", token: token)
                while let piece = try await body.next() { text += String(buffer: piece) }
                #expect(text.ranges(of: "event: job.pending\n").count == 3)
            }
        }
    }

    @Test func `over HTTP/2 a socket is refused, and the connection goes on`() async throws {
        let files = try MadeCertificate()
        try await TestAPI.run(certificate: files.certificate()) { api in
            try await SecureClient.use(api.port, trusting: files.file) { secure in
                let token = try await secure.signUp()
                let refused = try await secure.open(.GET, "/api/sync/socket", token: token)
                _ = try await refused.body.collect(upTo: 1 << 20)
                #expect(refused.version == .http2 && refused.status == .upgradeRequired)
                #expect(try await secure.open(.GET, "/api/health").status == .ok)
            }
        }
    }
}
