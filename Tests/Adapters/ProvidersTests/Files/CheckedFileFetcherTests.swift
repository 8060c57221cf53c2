import Storage
import Testing

@testable import WaxwingProviders
@testable import WaxwingService

@Suite struct CheckedFileFetcherTests {
    private func fetcher(_ server: LoopbackServer? = nil, shortest: Duration = .zero) throws -> CheckedFileFetcher {
        CheckedFileFetcher(
            try OutboundHTTP.testing(allowed: [server?.authority].compactMap { $0 }), limit: .seconds(600),
            shortest: shortest)
    }

    @Test func `a file comes with the last part of its address as its name`() async throws {
        try await LoopbackServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nRIFF") { server in
            let file = try await fetcher(server).fetch("\(server.url)a/loop%20120.wav?token=x")
            #expect(file.name == "loop 120.wav")
            #expect(try await file.body.collected() == Array("RIFF".utf8))
            #expect(try await fetcher(server).fetch(server.url).name == nil)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 404 Not Found\r\nServer: secret-banner\r\nContent-Length: 6\r\n\r\nsecret",
        "HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 500 No\r\n\r\n",
        "SSH-2.0-OpenSSH_9.7 secret-banner\r\n\r\n",
    ])
    func `whatever is no file fails with the same words`(answer: String) async throws {
        try await LoopbackServer.answering(answer) { server in
            let fetcher = try fetcher(server)
            await #expect(throws: FetchFailure()) { _ = try await fetcher.fetch(server.url) }
        }
        #expect(!FetchFailure().description.contains("secret"))
    }

    @Test func `a body that breaks off fails so too`() async throws {
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nRIFF")
        }) { server in
            let file = try await fetcher(server).fetch(server.url)
            await #expect(throws: FetchFailure()) { _ = try await file.body.collected() }
        }
    }

    @Test(arguments: ["http://127.0.0.1/", "https://10.0.0.1/a.wav", "https://gone.example/a.wav", "nonsense"])
    func `no failure comes sooner than the others`(url: String) async throws {
        let fetcher = try fetcher(shortest: .milliseconds(80))
        let started = ContinuousClock.now
        await #expect(throws: FetchFailure()) { _ = try await fetcher.fetch(url) }
        #expect(started.duration(to: .now) >= .milliseconds(80))
    }
}
