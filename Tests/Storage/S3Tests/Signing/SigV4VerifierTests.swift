import Crypto
import Foundation
import Storage
import Testing

@testable import StorageS3

/// The mutations of `s3-cases.json` that must fail, each by its name there.
@Suite struct SigV4VerifierTests {
    private let vectors: S3Cases
    private let now: Timestamp
    /// `GET /with%20space.wav`, signed for an hour.
    private let get: SignableRequest
    /// `PUT` of 12 bytes of `audio/wav`, type and length signed.
    private let put: SignableRequest

    init() throws {
        vectors = try Vectors.s3.get()
        now = try #require(Timestamp(signingDate: "20240524T120000Z"))
        func presigned(_ isWanted: (S3Cases.Case) -> Bool) throws -> SignableRequest {
            let vector = try #require(Vectors.s3.get().cases.first { $0.kind == "presigned" && isWanted($0) })
            return try SignableRequest(method: vector.method, url: vector.url ?? "", headers: vector.headers)
        }
        get = try presigned { $0.method == "GET" && $0.key == "with space.wav" && $0.expires == 3600 }
        put = try presigned { $0.headers["content-type"] == "audio/wav" }
    }

    private func refusal(
        _ request: SignableRequest, after: Duration = .zero, verifier: SigV4Verifier? = nil
    ) -> SigV4Refusal? {
        do {
            _ = try (verifier ?? vectors.verifier).verify(request, at: now + after)
            return nil
        } catch {
            return error
        }
    }

    private func value(_ name: String, of request: SignableRequest) -> String {
        request.query.first { $0.name == name }?.value ?? ""
    }

    @Test func `every mutation is refused as it should be`() throws {
        #expect(refusal(get) == nil)
        #expect(refusal(put) == nil)
        let checks = mutations
        #expect(Set(checks.map(\.name)) == Set(vectors.must_fail.map(\.mutation)))
        for mutation in vectors.must_fail {
            for check in checks where check.name == mutation.mutation {
                let refusals = try check.refusals()
                #expect(!refusals.isEmpty)
                for (index, refusal) in refusals.enumerated() {
                    let status = try #require(Int(mutation.expect.prefix(3)))
                    #expect(refusal?.status == status, "\(mutation.mutation), \(index): \(String(describing: refusal))")
                    let code = mutation.expect.split(separator: " ").dropFirst().first.map { $0.prefix { $0 != "," } }
                    if let code, code.first?.isUppercase == true {
                        #expect(refusal?.code == String(code), "\(mutation.mutation), \(index)")
                    }
                }
            }
        }
    }

    private struct Mutation {
        let name: String
        let refusals: () throws -> [SigV4Refusal?]
    }

    private var mutations: [Mutation] { requestMutations + headerMutations + bodyMutations }

    private var requestMutations: [Mutation] {
        [
            Mutation(name: "signature one hex digit changed") {
                let signature = value("X-Amz-Signature", of: get)
                return signature.indices.map { index in
                    var changed = signature
                    changed.replaceSubrange(index...index, with: signature[index] == "0" ? "1" : "0")
                    return refusal(get.changing(query: "X-Amz-Signature", to: changed))
                }
            },
            Mutation(name: "method GET url used with PUT") { [refusal(get.with(method: "PUT"))] },
            Mutation(name: "method PUT url used with GET or DELETE") {
                ["GET", "DELETE", "HEAD", "put"].map { refusal(put.with(method: $0)) }
            },
            Mutation(name: "X-Amz-Expires raised") {
                [refusal(get.changing(query: "X-Amz-Expires", to: "3601"))]
            },
            Mutation(name: "X-Amz-Expires 0, negative, 604801, non-number") {
                ["0", "-1", "604801", "abc", "", "+5", "1e3", "99999999999999999999"].map {
                    refusal(get.changing(query: "X-Amz-Expires", to: $0))
                }
            },
            Mutation(name: "now = date + expires + 1 s") { [refusal(get, after: .seconds(3601))] },
            Mutation(name: "now = date - 16 min (request from the future)") { [refusal(get, after: .seconds(-960))] },
            Mutation(name: "X-Amz-Date day differs from credential scope day") {
                [refusal(get.changing(query: "X-Amz-Date", to: "20240523T235959Z"))]
            },
            Mutation(name: "region or service in scope changed") {
                let credential = value("X-Amz-Credential", of: get)
                let other = SigV4Verifier(region: "eu-west-1") { _ in vectors.credentials }
                return [
                    refusal(
                        get.changing(
                            query: "X-Amz-Credential", to: credential.replacing("us-east-1", with: "eu-west-1"))),
                    refusal(get.changing(query: "X-Amz-Credential", to: credential.replacing("/s3/", with: "/sts/"))),
                    refusal(get, verifier: other),
                ]
            },
            Mutation(name: "unknown access key") {
                let credential = value("X-Amz-Credential", of: get)
                let unknown = credential.replacing(vectors.access_key, with: "AKIAUNKNOWN")
                return [refusal(get.changing(query: "X-Amz-Credential", to: unknown))]
            },
            Mutation(name: "key path changed, also by %2F, %2e%2e, case, double encoding, unicode normalisation") {
                let composed = try signed("caf\u{E9}/a.wav")
                let paths = [
                    "/with%20spacE.wav", "/with%2520space.wav", "/x/%2e%2e/with%20space.wav", "/%2Fwith%20space.wav",
                    "//with%20space.wav", "/./with%20space.wav", "/with+space.wav",
                ]
                return paths.map { refusal(get.with(path: $0)) } + [
                    refusal(composed.with(path: "/cafe%CC%81/a.wav")), refusal(composed.with(path: "/caf%c3%a9/a.wav")),
                    refusal(composed.with(path: "/caf%C3%A9%2Fa.wav")),
                ]
            },
            Mutation(name: "extra query parameter added (e.g. response-content-type, uploadId, versionId)") {
                ["response-content-type", "uploadId", "versionId", "acl"].map { name in
                    var changed = get
                    changed.query.append(.init(name, name == "acl" ? "" : "x"))
                    return refusal(changed)
                }
            },
            Mutation(name: "X-Amz-Signature given twice") {
                ["X-Amz-Signature", "x-amz-signature"].map { name in
                    var changed = get
                    changed.query.append(.init(name, value("X-Amz-Signature", of: get)))
                    return refusal(changed)
                }
            },
            Mutation(name: "X-Amz-SignedHeaders without host") {
                [
                    refusal(get.changing(query: "X-Amz-SignedHeaders", to: "content-type")),
                    refusal(put.changing(query: "X-Amz-SignedHeaders", to: "content-length;content-type")),
                ]
            },
            Mutation(name: "X-Amz-SignedHeaders upper case or unsorted") {
                ["content-length;content-type;Host", "host;content-type;content-length", "host;host", ""].map {
                    refusal(put.changing(query: "X-Amz-SignedHeaders", to: $0))
                }
            },
        ]
    }

    private var headerMutations: [Mutation] {
        [
            Mutation(name: "host header changed") {
                [
                    refusal(get.changing(header: "host", to: "other.s3.us-east-1.amazonaws.com")),
                    refusal(get.changing(header: "host", to: nil)),
                ]
            },
            Mutation(name: "signed content-type absent or different at PUT") {
                [
                    refusal(put.changing(header: "content-type", to: nil)),
                    refusal(put.changing(header: "content-type", to: "text/html")),
                ]
            },
            Mutation(
                name: "extra unsigned x-amz-acl / x-amz-copy-source / x-amz-meta-* header added to a presigned PUT"
            ) {
                ["x-amz-acl", "x-amz-copy-source", "x-amz-meta-owner", "X-Amz-Meta-Owner"].map { name in
                    var changed = put
                    changed.headers.append(.init(name, "x"))
                    return refusal(changed)
                }
            },
            Mutation(name: "both Authorization header and X-Amz-Signature") {
                [refusal(get.changing(header: "authorization", to: try header().values(of: "authorization").first))]
            },
            Mutation(name: "X-Amz-Security-Token added, removed or changed") {
                let temporary = S3Credentials(
                    accessKeyID: vectors.access_key, secretAccessKey: vectors.secret_key, sessionToken: "token")
                let signer = SigV4Signer(credentials: temporary, region: vectors.region)
                let verifier = SigV4Verifier(region: vectors.region) { _ in temporary }
                var request = SignableRequest(method: "GET", path: "/a", headers: [.init("host", "h")])
                signer.presign(&request, expires: 60, at: now)
                #expect(refusal(request, verifier: verifier) == nil)
                var added = get
                added.query.append(.init("X-Amz-Security-Token", "token"))
                return [
                    refusal(added), refusal(get, verifier: verifier),
                    refusal(request.changing(query: "X-Amz-Security-Token", to: nil), verifier: verifier),
                    refusal(request.changing(query: "X-Amz-Security-Token", to: "other"), verifier: verifier),
                ]
            },
            Mutation(name: "clock skew header 15 min + 1 s") {
                let request = try header()
                #expect(refusal(request, after: .seconds(900)) == nil)
                return [refusal(request, after: .seconds(901)), refusal(request, after: .seconds(-901))]
            },
        ]
    }

    private var bodyMutations: [Mutation] {
        [
            Mutation(name: "signed content-length differs from body") {
                // The server compares the header with the body that comes; a changed header is a broken signature.
                [refusal(put.changing(header: "content-length", to: "13"))]
            },
            Mutation(name: "body does not match x-amz-content-sha256") {
                let request = try header(method: "PUT", body: Array("right".utf8))
                return [try bodyRefusal(request, Array("wrong".utf8)), try bodyRefusal(request, [])]
            },
            Mutation(name: "chunk signature wrong in 2nd chunk") {
                let (body, request, now) = try vectors.signedInChunks()
                let signature = try #require(body.lastRange(ofText: ";chunk-signature=0055"))
                var other = body
                other[signature.upperBound] ^= 1
                return [try bodyRefusal(request, other, at: now)]
            },
            Mutation(name: "chunk stream ends without the zero chunk") {
                let (body, request, now) = try vectors.signedInChunks()
                return [86, 2, 1].map { cut in try? bodyRefusal(request, Array(body.dropLast(cut)), at: now) }
            },
            Mutation(name: "decoded length larger or smaller than announced") {
                let (body, _, now) = try vectors.signedInChunks()
                return try ["66559", "66561"].map { length in
                    var request = SignableRequest(
                        method: "PUT", path: "/a",
                        headers: [.init("host", "h"), .init("x-amz-decoded-content-length", length)])
                    request.headers.append(.init("x-amz-content-sha256", SigV4Payload.streaming))
                    let seed = vectors.signer.sign(&request, payload: SigV4Payload.streaming, at: now)
                    var chunks = ChunkedPayloadSigner(vectors.signer, seed: seed, at: now)
                    let bytes = Array(repeating: UInt8(ascii: "a"), count: 66_560)
                    #expect(body.count > 66_560)
                    return try bodyRefusal(request, chunks.chunk(bytes) + chunks.chunk([]), at: now)
                }
            },
            Mutation(name: "chunk header of 1 MiB without CRLF") {
                let (_, request, now) = try vectors.signedInChunks()
                return [try bodyRefusal(request, Array(repeating: UInt8(ascii: "1"), count: 1 << 20), at: now)]
            },
            Mutation(name: "aws-chunked with UNSIGNED trailer checksum wrong") {
                let body = Array("123456789".utf8)
                let checksums = [
                    ("x-amz-checksum-crc32", "y/Q5Jg=="), ("x-amz-checksum-crc32c", "4waSgw=="),
                    ("x-amz-checksum-sha256", Data(SHA256.hash(data: body)).base64EncodedString()),
                ]
                return try checksums.flatMap { name, right in
                    #expect(try trailerRefusal(body, name, "\(name):\(right)\r\n\r\n") == nil, "\(name)")
                    return [
                        try trailerRefusal(body, name, "\(name):\(right.replacing("=", with: ""))A=\r\n\r\n"),
                        try trailerRefusal(Array("123456780".utf8), name, "\(name):\(right)\r\n\r\n"),
                        try trailerRefusal(body, name, "\r\n"),
                    ]
                }
            },
        ]
    }

    @Test func `a body of another length than the signed one is refused at its end`() throws {
        var check = try vectors.verifier.verify(put, at: now)
        _ = try check.update(Array(repeating: 0, count: 11))
        #expect(throws: SigV4Refusal.incompleteBody) { try check.finish() }
        _ = try check.update([0])
        try check.finish()
        #expect(throws: SigV4Refusal.incompleteBody) { try check.update([0]) }
    }

    @Test(arguments: [
        "", "x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=,SignedHeaders=,Signature=", "Basic eA==",
    ])
    func `an authorization that is none is refused`(text: String) throws {
        #expect(refusal(try header().changing(header: "authorization", to: text)) != nil)
    }

    @Test(arguments: [",,", ",  ", ";", ", x=1, ", " "])
    func `an authorization whose parts are joined otherwise is refused`(joint: String) throws {
        let text = try #require(try header().values(of: "authorization").first)
        #expect(refusal(try header().changing(header: "authorization", to: text)) == nil)
        let other = text.replacing(", Signature", with: joint + "Signature")
        #expect(refusal(try header().changing(header: "authorization", to: other)) != nil)
    }

    private func signed(_ key: String) throws -> SignableRequest {
        var request = SignableRequest(
            method: "GET", path: "/" + PercentEncoding.encode(key, keepingSlash: true), headers: [.init("host", "h")])
        vectors.signer.presign(&request, expires: 60, at: now)
        #expect(refusal(request) == nil)
        return request
    }

    private func header(method: String = "GET", body: [UInt8] = []) throws -> SignableRequest {
        let payload = Checksum.hex(SHA256.hash(data: body))
        var request = SignableRequest(
            method: method, path: "/a", headers: [.init("Host", "h"), .init("x-amz-content-sha256", payload)])
        vectors.signer.sign(&request, payload: payload, at: now)
        #expect(refusal(request) == nil)
        return request
    }

    private func trailerRefusal(_ body: [UInt8], _ name: String, _ trailer: String) throws -> SigV4Refusal? {
        var request = SignableRequest(
            method: "PUT", path: "/a",
            headers: [
                .init("host", "h"), .init("x-amz-content-sha256", SigV4Payload.unsignedTrailer),
                .init("x-amz-trailer", name), .init("x-amz-decoded-content-length", "9"),
            ])
        vectors.signer.sign(&request, payload: SigV4Payload.unsignedTrailer, at: now)
        return try bodyRefusal(request, Array("9\r\n".utf8) + body + Array("\r\n0\r\n\(trailer)".utf8))
    }

    private func bodyRefusal(
        _ request: SignableRequest, _ body: [UInt8], at time: Timestamp? = nil
    ) throws
        -> SigV4Refusal?
    {
        var check = try vectors.verifier.verify(request, at: time ?? now)
        do throws(SigV4Refusal) {
            for start in stride(from: 0, to: body.count, by: 777) {
                _ = try check.update(Array(body[start...].prefix(777)))
            }
            try check.finish()
            return nil
        } catch {
            return error
        }
    }
}

extension SignableRequest {
    fileprivate func with(method: String? = nil, path: String? = nil) -> SignableRequest {
        var changed = self
        changed.method = method ?? changed.method
        changed.path = path ?? changed.path
        return changed
    }
}

extension [UInt8] {
    fileprivate func lastRange(ofText text: String) -> Range<Int>? {
        let wanted = Array(text.utf8)
        return (0...Swift.max(0, count - wanted.count)).last { Array(self[$0...].prefix(wanted.count)) == wanted }
            .map { $0..<($0 + wanted.count) }
    }
}
