import Foundation
import Storage
import Testing

@testable import StorageS3

@Suite struct SigV4SignerTests {
    @Test func `the vectors are there`() throws {
        let vectors = try Vectors.s3.get()
        #expect(vectors.cases.filter { $0.kind == "header" }.count == 42)
        #expect(vectors.cases.filter { $0.kind == "presigned" }.count == 44)
        #expect(vectors.must_fail.count == 28)
    }

    @Test func `every request signed in its header has the agreed signature, and is let in`() throws {
        let vectors = try Vectors.s3.get()
        for vector in vectors.cases where vector.kind == "header" {
            let now = try #require(vector.headers["x-amz-date"].flatMap(Timestamp.init(signingDate:)))
            let payload = try #require(vector.payload_sha256)
            let path = "/" + PercentEncoding.encode(vector.key, keepingSlash: true)
            #expect(path == vector.path)
            var request = SignableRequest(
                method: vector.method, path: path,
                headers: vector.headers.filter { $0.key != "x-amz-date" }.map { .init($0.key, $0.value) })
            #expect(vectors.signer.sign(&request, payload: payload, at: now) == vector.signature, "\(vector.key)")
            #expect(request.values(of: "authorization") == [vector.authorization ?? "none"])
            let names = request.headerNames.filter { $0 != "authorization" }
            #expect(request.canonical(signedHeaders: names, payload: payload) == vector.canonical_request)
            #expect(throws: Never.self) { try vectors.verifier.verify(request, at: now) }
        }
    }

    @Test func `every signed URL is the agreed one, and is let in`() throws {
        let vectors = try Vectors.s3.get()
        let now = try #require(Timestamp(signingDate: "20240524T120000Z"))
        for vector in vectors.cases where vector.kind == "presigned" {
            let url = try #require(vector.url)
            var request = SignableRequest(
                method: vector.method, path: "/" + PercentEncoding.encode(vector.key, keepingSlash: true),
                query: try SignableRequest.parts(of: url).query.filter { !$0.name.hasPrefix("X-Amz-") },
                headers: vector.headers.map { .init($0.key, $0.value) })
            let expires = try #require(vector.expires)
            #expect(vectors.signer.presign(&request, expires: expires, at: now) == vector.signature, "\(url)")
            let received = try SignableRequest(method: vector.method, url: url, headers: vector.headers)
            #expect(received.path == request.path)
            #expect(throws: Never.self) { try vectors.verifier.verify(received, at: now + .seconds(expires)) }
        }
    }

    @Test func `a body in chunks has the published signatures, and is let in`() throws {
        let vectors = try Vectors.s3.get()
        let (body, request, now) = try vectors.signedInChunks()
        #expect(body.count == 66_824)
        #expect(ChunkedPayloadSigner.wireLength(of: 66_560, chunk: 65_536) == 66_824)
        var check = try vectors.verifier.verify(request, at: now)
        var decoded: [UInt8] = []
        for piece in stride(from: 0, to: body.count, by: 1000) {
            decoded += try check.update(Array(body[piece...].prefix(1000)))
        }
        try check.finish()
        #expect(decoded == Array(repeating: UInt8(ascii: "a"), count: 66_560))
    }

    @Test(arguments: [0, 1, 15, 16, 17, 100, 1023, 1024, 1025])
    func `the length over the wire is known before the bytes`(count: Int) throws {
        let signer = try Vectors.s3.get().signer
        var chunks = ChunkedPayloadSigner(signer, seed: "seed", at: Timestamp(milliseconds: 0))
        var body: [UInt8] = []
        for start in stride(from: 0, to: count, by: 16) {
            body += chunks.chunk(Array(repeating: 7, count: min(16, count - start)))
        }
        body += chunks.chunk([])
        #expect(body.count == ChunkedPayloadSigner.wireLength(of: count, chunk: 16))
    }

    @Test func `one changed byte anywhere in a signed URL shuts it`() throws {
        let vectors = try Vectors.s3.get()
        let now = try #require(Timestamp(signingDate: "20240524T120000Z"))
        let vector = try #require(vectors.cases.first { $0.headers["content-type"] != nil && $0.kind == "presigned" })
        let url = Array(try #require(vector.url).utf8)
        let start = try #require(url.firstRange(of: Array(".com/".utf8))).upperBound
        let original = try SignableRequest(
            method: "PUT", url: String(decoding: url, as: UTF8.self), headers: vector.headers)
        for index in start..<url.count {
            for byte in Array("0aZ%/.-&=+".utf8) where byte != url[index] {
                var changed = url
                changed[index] = byte
                let text = String(decoding: changed, as: UTF8.self)
                guard let request = try? SignableRequest(method: "PUT", url: text, headers: vector.headers) else {
                    continue
                }
                #expect(request != original, "\(text)")
                #expect(throws: SigV4Refusal.self, "\(text)") { try vectors.verifier.verify(request, at: now) }
            }
        }
    }
}

extension S3Cases {
    /// The published example: 65 kB of `a` in two chunks.
    func signedInChunks() throws -> (body: [UInt8], request: SignableRequest, now: Timestamp) {
        let now = try #require(Timestamp(signingDate: "20130524T000000Z"))
        var request = SignableRequest(
            method: "PUT", path: "/examplebucket/chunkObject.txt",
            headers: chunked.headers.filter { $0.key != "x-amz-date" }.map { .init($0.key, $0.value) })
        let seed = signer.sign(&request, payload: SigV4Payload.streaming, at: now)
        #expect(seed == chunked.seed_signature)
        var chunks = ChunkedPayloadSigner(signer, seed: seed, at: now)
        var body: [UInt8] = []
        for chunk in chunked.chunks {
            let wire = chunks.chunk(Array(repeating: UInt8(ascii: "a"), count: chunk.size))
            #expect(String(decoding: wire, as: UTF8.self).contains(";chunk-signature=\(chunk.signature)\r\n"))
            body += wire
        }
        return (body, request, now)
    }
}
