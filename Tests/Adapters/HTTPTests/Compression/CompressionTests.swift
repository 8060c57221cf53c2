import CZlib
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import StorageTestKit
import Testing

@testable import WaxwingHTTP

@Suite struct AcceptedCodingsTests {
    @Test(arguments: [
        ("gzip", true), ("GZIP", true), ("x-gzip", true), ("br, gzip", true), ("gzip;q=0.5", true), ("*", true),
        ("*;q=0.1", true), ("gzip;q=1.000", true), ("identity;q=0, gzip", true), ("gzip ; q=1", true),
        ("deflate, gzip;q=0.8, identity;q=0.5", true), ("", false), ("br", false), ("identity", false),
        ("gzip;q=0", false), ("gzip;q=0.000", false), ("*;q=0", false), ("gzip;q=0, *", false), ("identity;q=0", false),
        ("gzip;q=0.5, identity;q=1", false), ("gzip;q=-1", false), ("gzip;q=2", false), ("gzip;q=nan", false),
        ("gzip;q=", false), ("gzip;level=9", false), ("gzipped", false),
    ])
    func `takes gzip`(header: String, isIt: Bool) {
        #expect(AcceptedCodings([.acceptEncoding: header]).takesGzip == isIt)
    }

    @Test func `who does not say takes none`() {
        #expect(!AcceptedCodings([:]).takesGzip)
    }
}

@Suite struct GzipTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `bytes come back as they were, in whatever pieces they went in`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let size = [0, 1, 1023, 16_384, 70_000, 300_000][Int(seed) % 6]
        // Half of it repeats, half does not.
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 % 2 == 0 ? $0 / 64 : Int(random.next() & 0xFF)) }
        let gzip = try Gzip()
        var (packed, rest) = (ByteBuffer(), bytes[...])
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...40_000, using: &random))
            rest = rest.dropFirst(piece.count)
            packed.writeImmutableBuffer(try gzip.compress(ByteBuffer(bytes: piece), isLast: false))
        }
        packed.writeImmutableBuffer(try gzip.compress(ByteBuffer(), isLast: true))
        #expect(try Unzipped(Array(packed.readableBytesView)).bytes == bytes)
    }
}

@Suite struct CompressionTests {
    private static let text = String(repeating: "one and the same line\n", count: 500)

    /// Routes of every kind behind the middleware.
    private func withRoutes(_ test: @escaping @Sendable (TestClient) async throws -> Void) async throws {
        @Sendable func response(
            _ headers: HTTPFields, _ status: HTTPResponse.Status = .ok, _ text: String = Self.text
        ) -> Response {
            Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: Compression())
        for (path, type) in Self.types { router.get("\(path)") { _, _ in response([.contentType: type]) } }
        let json: HTTPFields = [.contentType: "application/json"]
        router.get("small") { _, _ in response(json, .ok, "{}") }
        router.get("tagged") { _, _ in response([.contentType: "text/csv", .eTag: "\"a\""]) }
        router.get("file") { _, _ in response([.contentType: "text/csv", .acceptRanges: "bytes"]) }
        router.get("page") { _, _ in response([.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"]) }
        router.get("manual") { _, _ in response([.contentType: "text/html", .cacheControl: "public, max-age=300"]) }
        router.get("cookie") { _, _ in response([.contentType: "application/json", .setCookie: "a=b"]) }
        router.get("part") { _, _ in
            response([.contentType: "text/plain", .contentRange: "bytes 0-9/10"], .partialContent)
        }
        router.get("packed") { _, _ in response([.contentType: "text/plain", .contentEncoding: "br"]) }
        router.get("asis") { _, _ in response([.contentType: "text/plain", .cacheControl: "no-transform"]) }
        router.get("wrong") { _, _ in response(json, .badRequest) }
        router.post("tokens") { _, _ in response(json) }
        router.get("stream") { _, _ in
            Response(
                status: .ok, headers: json,
                body: ResponseBody { writer in
                    for line in Self.text.split(separator: "\n") {
                        try await writer.write(ByteBuffer(string: "\(line)\n"))
                    }
                    try await writer.finish(nil)
                })
        }
        router.get("events") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/event-stream"],
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: Self.text))
                    try await writer.finish(nil)
                })
        }
        try await TestAPI.serve(router, test)
    }

    private static let types = [
        "json": "application/json; charset=utf-8", "problem": "application/problem+json", "csv": "text/csv",
        "svg": "image/svg+xml", "metrics": "text/plain; version=0.0.4", "wav": "audio/wav", "png": "image/png",
        "zip": "application/zip", "bytes": "application/octet-stream", "mp3": "AUDIO/MPEG",
    ]

    private func get(
        _ path: String, _ client: TestClient, _ method: HTTPRequest.Method = .get, coding: String? = "gzip"
    ) async throws -> Answer {
        var headers: HTTPFields = [:]
        headers[.acceptEncoding] = coding
        return Answer(
            try await client.execute(
                TestClient.Request("/\(path)", method: method, authority: "localhost", headers: headers)))
    }

    @Test func `text is compressed for who takes it, and audio, pictures, archives and event streams never`()
        async throws
    {
        try await withRoutes { client in
            for path in ["json", "problem", "csv", "svg", "metrics", "manual", "stream"] {
                let packed = try await get(path, client)
                #expect(packed.headers[.contentEncoding] == "gzip", "\(path)")
                #expect(packed.headers[.vary] == "Accept-Encoding")
                #expect(packed.bytes.count < 1000)
                #expect(try Unzipped(packed.bytes).bytes == Array(Self.text.utf8))
                for coding in [nil, "br", "gzip;q=0", "identity"] {
                    let plain = try await get(path, client, coding: coding)
                    #expect(plain.headers[.contentEncoding] == nil && plain.headers[.vary] == "Accept-Encoding")
                    #expect(plain.text == Self.text)
                }
            }
            for path in [
                "wav", "png", "zip", "bytes", "mp3", "events", "file", "small", "packed", "asis", "part", "wrong",
            ] {
                let answer = try await get(path, client)
                #expect(answer.headers[.contentEncoding] != "gzip" && answer.headers[.vary] == nil, "\(path)")
            }
        }
    }

    @Test func `what carries tokens is never compressed: answers to posts, cookies, and pages of somebody`()
        async throws
    {
        try await withRoutes { client in
            for (path, method) in [("tokens", HTTPRequest.Method.post), ("cookie", .get), ("page", .get)] {
                let answer = try await get(path, client, method)
                #expect(answer.headers[.contentEncoding] == nil && answer.text == Self.text, "\(path)")
            }
        }
    }

    @Test func `a tag for the bytes becomes one for the meaning`() async throws {
        try await withRoutes { client in
            let packed = try await get("tagged", client)
            #expect(packed.headers[.eTag] == "W/\"a\"")
            let plain = try await get("tagged", client, coding: nil)
            #expect(plain.headers[.eTag] == "\"a\"")
        }
    }

    @Test(arguments: ["json", "small", "stream", "wav"])
    func `HEAD tells what GET would send`(path: String) async throws {
        try await withRoutes { client in
            for coding in ["gzip", "identity"] {
                let get = try await get(path, client, coding: coding)
                let head = try await self.get(path, client, .head, coding: coding)
                #expect(head.bytes.isEmpty)
                #expect(head.headers[.contentEncoding] == get.headers[.contentEncoding])
                #expect(head.headers[.contentLength].flatMap(Int.init) == get.bytes.count)
            }
        }
    }

    @Test func `the description of the API is sent packed, and known by its tag in either form`() async throws {
        try await TestAPI.run { api async throws in
            for path in ["/openapi.json", "/docs"] {
                let plain = try await api.send(.get, path)
                let answer = try await api.client.execute(
                    .init(path, method: .get, authority: "localhost", headers: [.acceptEncoding: "gzip"], body: nil))
                let packed = answer.body.map { Array($0.readableBytesView) } ?? []
                #expect(answer.headers[.contentEncoding] == "gzip" && packed.count < plain.bytes.count / 4)
                #expect(try Unzipped(packed).bytes == plain.bytes)
                let tag = try #require(plain.headers[.eTag])
                #expect(answer.headers[.eTag] == tag)
                let same = try await api.send(.get, path, headers: [.ifNoneMatch: tag])
                #expect(same.status == .notModified && same.bytes.isEmpty)
                #expect(same.headers[.cacheControl] == "public, max-age=300")
                #expect(same.headers[.vary]?.contains("Accept-Encoding") == true)
            }
        }
    }
}

/// What a client finds in gzip.
private struct Unzipped {
    let bytes: [UInt8]

    struct Broken: Error {}

    init(_ packed: [UInt8]) throws {
        var stream = z_stream()
        guard
            inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw Broken() }
        defer { inflateEnd(&stream) }
        var (packed, found, code) = (packed, [UInt8](), Z_OK)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = packed.count
        packed.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(count)
            repeat {
                let room = chunk.count
                chunk.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(room)
                    code = inflate(&stream, Z_NO_FLUSH)
                }
                found += chunk[..<(room - Int(stream.avail_out))]
            } while code == Z_OK && (stream.avail_out == 0 || stream.avail_in > 0)
        }
        guard code == Z_STREAM_END, stream.avail_in == 0 else { throw Broken() }
        bytes = found
    }
}
