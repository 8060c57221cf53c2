import AsyncHTTPClient
import Foundation
import LogTestKit
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL
import Testing

@testable import WaxwingHTTP
@testable import WaxwingService

/// TLS, HTTP/2, and certificates that are renewed.
@Suite(.enabled(if: MadeCertificate.tool != nil, "install openssl to check TLS"))
struct SecureServerTests {
    private func client(trusting file: String, http1: Bool = false) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.timeout.connect = .minutes(10)
        // Else a certificate that is not trusted is tried again for as long.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = http1 ? .http1Only : .automatic
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Asks once, on a connection of its own.
    private func ask(
        _ port: Int, _ path: String = "/api/health", trusting file: String, http1: Bool = false,
        _ change: (inout HTTPClientRequest) -> Void = { _ in }
    ) async throws -> HTTPClientResponse {
        let client = try client(trusting: file, http1: http1)
        var request = HTTPClientRequest(url: "https://localhost:\(port)\(path)")
        change(&request)
        do {
            let response = try await client.execute(request, timeout: .minutes(10))
            _ = try await response.body.collect(upTo: 10 << 20)
            try await client.shutdown()
            return response
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    @Test(arguments: [false, true])
    func `clients choose HTTP/2 or HTTP/1, and are told to come by TLS for ever`(http1: Bool) async throws {
        let files = try MadeCertificate()
        try await TestAPI.run(certificate: files.certificate()) { api in
            let answer = try await ask(api.port, trusting: files.file, http1: http1)
            #expect(answer.status == .ok && answer.version == (http1 ? .http1_1 : .http2))
            #expect(answer.headers.first(name: "Strict-Transport-Security") == "max-age=31536000")
        }
    }

    @Test func `the same limits hold for HTTP/2`() async throws {
        let files = try MadeCertificate()
        try await TestAPI.run(certificate: files.certificate()) { api in
            #expect(try await ask(api.port, "/a%00b", trusting: files.file).status == .badRequest)
            #expect(
                try await ask(api.port, "/" + String(repeating: "a", count: 9000), trusting: files.file).status
                    == .uriTooLong)
            let large = try await ask(api.port, "/api/upload", trusting: files.file) {
                $0.method = .POST
                $0.body = .bytes(ByteBuffer(repeating: 0, count: 1 << 20))
            }
            #expect(large.status == .unauthorized)
        }
        var limits = ConnectionLimits.patient
        (limits.bodyWindow, limits.bodyRate) = (.milliseconds(500), 100 << 10)
        try await TestAPI.run(connections: limits, certificate: files.certificate()) { api in
            // A body that never comes: nobody waits for it.
            let (body, source) = AsyncStream.makeStream(of: ByteBuffer.self)
            source.yield(ByteBuffer(string: "{"))
            let slow = try await ask(api.port, "/api/auth/login", trusting: files.file) {
                $0.method = .POST
                $0.headers.add(name: "Content-Type", value: "application/json")
                $0.body = .stream(body, length: .known(Int64(2)))
            }
            #expect(slow.status == .requestTimeout)
            source.finish()
        }
    }

    @Test func `a client that does not come by TLS is not answered`() async throws {
        let files = try MadeCertificate()
        let log = LogCollector()
        try await TestAPI.run(certificate: files.certificate(), logger: log.logger) { api in
            let plain = try await ByteClient(port: api.port, saying: "GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await plain.wait { $0.isClosed } && plain.statuses.isEmpty)
            let line = { (line: String) in
                line.hasPrefix("refused address=127.0.0.1 ") && line.hasSuffix("reason=tls")
            }
            #expect(try await plain.wait { _ in log.lines.contains(where: line) })
        }
        var limits = ConnectionLimits.patient
        limits.head = .milliseconds(500)
        try await TestAPI.run(connections: limits, certificate: files.certificate()) { api in
            let silent = try await ByteClient(port: api.port)
            #expect(try await silent.wait { $0.isClosed } && silent.text.isEmpty)
        }
    }

    @Test(
        .timeLimit(.minutes(20)),
        arguments: [
            "no preface at all, as long as one is",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u{7F}\u{7F}\u{7F}\u{4}\0\0\0\0\0",
        ])
    func `frames that break the protocol end the connection, and are told as refused`(_ bytes: String) async throws {
        let files = try MadeCertificate()
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(files.file))
        tls.applicationProtocols = ["h2"]
        let (context, log) = (try NIOSSLContext(configuration: tls), LogCollector())
        try await TestAPI.run(certificate: files.certificate(), logger: log.logger) { api in
            let client = try await ByteClient(port: api.port, tls: context)
            try await client.send(bytes)
            while !log.lines.contains(where: { $0.hasPrefix("refused ") && $0.hasSuffix("reason=malformed") }) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try await client.wait { $0.isClosed })
            // One that only goes away has done nothing wrong.
            #expect(try await ask(api.port, trusting: files.file).version == .http2)
            let refused = api.useCases.metrics.values(of: .httpRefusals)
            #expect(refused[["malformed"]]?.number == 1, "\(refused)")
        }
    }

    @Test func `only a client's own errors are told as refused`() {
        let stream = HTTP2StreamID(5)
        #expect(FrameErrors.isOfTheClient(NIOHTTP2Errors.badClientMagic()))
        #expect(FrameErrors.isOfTheClient(NIOHTTP2Errors.unableToParseFrame()))
        for error in [
            NIOHTTP2Errors.createdStreamAfterGoaway(), NIOHTTP2Errors.noSuchStream(streamID: stream),
            NIOHTTP2Errors.ioOnClosedConnection(),
            NIOHTTP2Errors.streamError(streamID: stream, baseError: NIOHTTP2Errors.createdStreamAfterGoaway()),
            IOError(errnoCode: ECONNRESET, reason: "read"), ChannelError.eof,
        ] as [any Error] {
            #expect(!FrameErrors.isOfTheClient(error), "\(error)")
        }
    }

    @Test func `a renewed certificate is shown from then on`() async throws {
        let (files, renewed) = try (MadeCertificate(), MadeCertificate())
        let certificate = try files.certificate()
        #expect(try !certificate.reload())
        try await TestAPI.run(certificate: certificate) { api in
            await #expect(throws: (any Error).self) { try await ask(api.port, trusting: renewed.file) }
            try files.write("no certificate")
            #expect(throws: ServerCertificateError.noCertificate(files.file)) { try certificate.reload() }
            try files.become(renewed)
            #expect(try certificate.reload())
            #expect(try await ask(api.port, trusting: renewed.file).status == .ok)
        }
    }

    @Test func `files that do not belong together are named`() throws {
        let (files, other) = (try MadeCertificate(), try MadeCertificate())
        #expect(throws: ServerCertificateError.noCertificate("/nowhere")) {
            try ServerCertificate(certificate: "/nowhere", key: files.key)
        }
        #expect(throws: ServerCertificateError.noKey(files.file)) {
            try ServerCertificate(certificate: files.file, key: files.file)
        }
        #expect(throws: ServerCertificateError.mismatch(certificate: files.file, key: other.key)) {
            try ServerCertificate(certificate: files.file, key: other.key)
        }
    }
}
