import Foundation
import Storage
import Testing

@testable import Auth

@Suite struct SigningKeyTests {
    private let text = Array("header.payload".utf8)

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a signature fits its text and its key alone`(algorithm: SignatureAlgorithm) throws {
        let (key, other) = (try SigningKey.random(algorithm, id: "a"), try SigningKey.random(algorithm, id: "b"))
        let signature = try key.signature(of: text)
        #expect(key.verification.isSignature(signature, of: text))
        #expect(!key.verification.isSignature(signature, of: text + [0]))
        #expect(!other.verification.isSignature(signature, of: text))
        for wrong in [[], Array(signature.dropLast()), signature + [0], [0] + signature, signature.map { _ in 0 }] {
            #expect(!key.verification.isSignature(wrong, of: text))
        }
    }

    @Test(arguments: zip(SignatureAlgorithm.allCases, [32, 256, 256, 64, 64]))
    func `signatures have one length`(algorithm: SignatureAlgorithm, count: Int) throws {
        #expect(try SigningKey.random(algorithm, id: "a").signature(of: text).count == count)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a key is the same after it was stored`(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.random(algorithm, id: "a")
        let stored = try SigningKey(id: "a", algorithm: algorithm, secret: key.secret)
        #expect(key.verification.isSignature(try stored.signature(of: text), of: text))
    }

    @Test func `an RSA key is for one padding, whatever its numbers would allow`() throws {
        let pkcs = try SigningKey.random(.rs256, id: "a")
        let pss = try SigningKey(id: "a", algorithm: .ps256, secret: pkcs.secret)
        #expect(!pss.verification.isSignature(try pkcs.signature(of: text), of: text))
        #expect(!pkcs.verification.isSignature(try pss.signature(of: text), of: text))
    }

    @Test func `keys are read as OpenSSL and Apple write them`() throws {
        let rsa = try SigningKey.random(.rs256, id: "a")
        let read = try SigningKey(id: "a", algorithm: .rs256, pem: pem(rsa.secret.bytes))
        #expect(rsa.verification.isSignature(try read.signature(of: text), of: text))
        let ec = try SigningKey.random(.es256, id: "a")
        let apple = try SigningKey(id: "a", algorithm: .es256, pem: pem(pkcs8Prefix + ec.secret.bytes))
        #expect(ec.verification.isSignature(try apple.signature(of: text), of: text))
        #expect(throws: SigningKeyError.notAKey(.es256)) {
            try SigningKey(id: "a", algorithm: .es256, pem: pem(rsa.secret.bytes))
        }
        #expect(throws: SigningKeyError.notAKey(.eddsa)) { try SigningKey(id: "a", algorithm: .eddsa, pem: "") }
    }

    @Test func `an RSA key of 1024 bits is refused`() throws {
        let small = Array(try #require(Data(base64Encoded: Self.rsa1024, options: .ignoreUnknownCharacters)))
        for algorithm in [SignatureAlgorithm.rs256, .ps256] {
            #expect(throws: SigningKeyError.weakRSAKey(bits: 1024)) {
                try SigningKey(id: "a", algorithm: algorithm, secret: Secret(small))
            }
        }
    }

    @Test func `a modulus made of powers of 65537 is known for what it is`() throws {
        #expect(RSAStrength.isOfRSALib([1, 0, 1]) && RSAStrength.isOfRSALib([1, 0, 2, 0, 1]))
        #expect(!RSAStrength.isOfRSALib([1, 0, 0]))
    }

    @Test(arguments: [SignatureAlgorithm.rs256, .ps256, .es256, .eddsa], [0, 1, 31, 33, 64, 300])
    func `bytes that are no key are refused`(algorithm: SignatureAlgorithm, count: Int) {
        #expect(throws: SigningKeyError.notAKey(algorithm)) {
            try SigningKey(id: "a", algorithm: algorithm, secret: Secret(Array(repeating: 0, count: count)))
        }
    }

    @Test func `a key shows its name, never its numbers`() throws {
        let key = try SigningKey.random(.eddsa, id: "k1")
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "EdDSA signing key 'k1'" && dumped.count < 60)
    }

    private func pem(_ der: [UInt8]) -> String {
        let lines = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN PRIVATE KEY-----\n\(lines)\n-----END PRIVATE KEY-----\n"
    }

    /// PKCS #8 of a P-256 scalar (RFC 5958, RFC 5915) up to its 32 bytes.
    private let pkcs8Prefix = WycheproofCase.bytes(
        "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420")

    /// PKCS #1 in DER, made for this test.
    private static let rsa1024 = """
        MIICXgIBAAKBgQDKVnS3p5qDC1wyvQKL7vOfm9ZokRmAzp5HXiHs/hqWpUSKx+hl3y5GV5IJh57DLcrHwTWYzUw93L+CLbEmcyhF
        eMWXZvL74umaUaGk0vQbHSfg4rOPrdfergAMxdoW40rycjSM9qky5H7iEScfou+bs+7/yYlZBRkhRAaZDN4WZQIDAQABAoGBAKCv
        lDWdpvlW9jtdGz6h31vr2JRmVwiSDeTDftHE4rysNwi3xXnRieBW/yUOTSjXnuiQKc5Vi6y9OGFbhAny/hDyJA59xnZ2p8j5G/Jn
        aRVboeiZik0skMA5eEwvIKnXw1uN2fh1isd7AH6JKeh5bMU7tGCAQss8WaQ2FcplCxiBAkEA/l8XMRG98K0CLHWM9Y2VRcIp3ZDb
        OIvixwkv5FrblP/omTGYCqEtGgiXaB7Ho7FfODzYx7oILt40HeNfNPc7dQJBAMuiFUm8qkfUxYzsXlz5nlLDOABovnpxMfe+kxpQ
        XwD8CYlrSAf7uITNnvgLeUzTMRRJWl2CGCDNt9JNhk5HQTECQQCxV6R4nnD5KfV4/5991u76SosboRFllAlQULRmFX4/nEcS/wOM
        baBfJRxCCCuRkWjccXeFj8qCuoJFUC8hYzi9AkBEYp1Vkwd4cgsZ5XNXM/kogCj5cjOtuP/33EdYie8tzHaDcMTS8YUpDEi7sla9
        JxuPXYb8aikiMxPti110QlexAkEA0dxW/i3QJJTMgl+JUnl5x7q5H3lPQpJ4cz3HZdExtxGJjNpNGAVKfwhaVI6muA+NvKj6hyaH
        E9xcAK+Y/O3XpQ==
        """
}
