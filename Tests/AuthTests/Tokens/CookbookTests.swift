import Foundation
import Storage
import Testing

@testable import Auth

/// The examples of RFC 7520 with the algorithms of ours.
@Suite(.enabled(if: ForeignVectors.areThere, ForeignVectors.reason))
struct CookbookTests {
    private let book: [String: Any]

    init() throws {
        book = try ForeignVectors.object("jose-cookbook/cookbook.json")
    }

    @Test func `keys of our algorithms are read, others are not`() throws {
        let algorithms = try ["3_3.rsa_public_key", "3_4.rsa_private_key", "3_5.symmetric_key_mac_computation"].map {
            try ForeignVectors.key(book["jwk/\($0).json"])?.algorithm
        }
        #expect(algorithms == [.rs256, .rs256, .hs256])
        // P-521, twice, and a key for encryption.
        for name in ["3_1.ec_public_key", "3_2.ec_private_key", "3_6.symmetric_key_encryption"] {
            #expect(try ForeignVectors.key(book["jwk/\(name).json"]) == nil)
        }
    }

    @Test(arguments: ["4_1.rsa_v15_signature", "4_4.hmac-sha2_integrity_protection"])
    func `tokens in compact form are accepted, and signed again byte for byte`(name: String) throws {
        let example = try Example(book["jws/\(name).json"])
        let key = try #require(try ForeignVectors.key(example.key))
        let opened = try CompactJWS.open(example.compact) { $0 == key.id ? key : nil }
        #expect(String(decoding: opened.payload, as: UTF8.self) == example.payload)
        #expect(Base64URL.encode(try example.signingKey().signature(of: example.signed)) == example.signature)
    }

    @Test(arguments: [
        "4_5.signature_with_detached_content", "4_6.protecting_specific_header_fields", "4_7.protecting_content_only",
    ])
    func `signatures of other forms are made alike`(name: String) throws {
        let example = try Example(book["jws/\(name).json"])
        #expect(Base64URL.encode(try example.signingKey().signature(of: example.signed)) == example.signature)
    }

    @Test(arguments: ["4_3.ecdsa_signature", "4_5.signature_with_detached_content"])
    func `an algorithm that is not ours, or content from elsewhere, is refused`(name: String) throws {
        let example = try Example(book["jws/\(name).json"])
        #expect(!ForeignVectors.accepts(example.compact, keys: try ForeignVectors.key(example.key).map { [$0] } ?? []))
    }

    private struct Example {
        let key: [String: Any]
        let payload: String
        let signed: [UInt8]
        let signature: String
        let compact: String

        init(_ json: Any?) throws {
            let json = try #require(json as? [String: Any])
            let (input, signing) = (try Self.part("input", of: json), try Self.part("signing", of: json))
            key = try Self.part("key", of: input)
            payload = try #require(input["payload"] as? String)
            signed = Array(try #require(signing["sig-input"] as? String).utf8)
            signature = try #require(signing["sig"] as? String)
            compact = try Self.part("output", of: json)["compact"] as? String ?? ""
        }

        private static func part(_ name: String, of json: [String: Any]) throws -> [String: Any] {
            try #require(json[name] as? [String: Any])
        }

        func signingKey() throws -> SigningKey {
            if let secret = number("k") { return try .hs256(id: "k", secret: Secret(secret)) }
            let numbers = try ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map { try #require(number($0)) }
            return try SigningKey(id: "k", algorithm: .rs256, secret: Secret(pkcs1([[0]] + numbers)))
        }

        private func number(_ name: String) -> [UInt8]? { (key[name] as? String).flatMap(Base64URL.decode) }
    }
}

/// RSAPrivateKey in DER (RFC 8017 §A.1.2): a sequence of positive integers.
private func pkcs1(_ numbers: [[UInt8]]) -> [UInt8] {
    func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let (high, low) = (UInt8(content.count >> 8), UInt8(content.count & 0xFF))
        let length = high > 0 ? [0x82, high, low] : low >= 0x80 ? [0x81, low] : [low]
        return [tag] + length + content
    }
    return element(0x30, numbers.flatMap { element(0x02, ($0.first ?? 0) >= 0x80 ? [0] + $0 : $0) })
}
