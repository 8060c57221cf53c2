import Foundation
import Storage
import StrictJSON
import Testing

@testable import Auth

@Suite struct JSONWebKeyTests {
    private func members(of algorithm: SignatureAlgorithm) throws -> [String: String] {
        try #require(JSONWebKey.publicMembers(of: SigningKey.random(algorithm, id: "k").verification))
    }

    private func flaw(_ members: [String: Any]) throws -> JSONWebKeyFlaw? {
        let object = try #require(JSONObject(reading: Array(try JSONSerialization.data(withJSONObject: members))))
        do throws(JSONWebKeyFlaw) {
            _ = try JSONWebKey.verificationKey(object)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [SignatureAlgorithm.rs256, .es256, .eddsa])
    func `a key without an algorithm gets the one of its type`(algorithm: SignatureAlgorithm) throws {
        var members = try members(of: algorithm)
        members["alg"] = nil
        let object = try #require(JSONObject(reading: Array(try JSONEncoder().encode(members))))
        #expect(try JSONWebKey.verificationKey(object).algorithm == algorithm)
    }

    @Test func `a key is refused that is for something else`() throws {
        let key = try members(of: .es256)
        func with(_ name: String, _ value: Any?) throws -> JSONWebKeyFlaw? {
            var changed: [String: Any] = key
            changed[name] = value
            return try flaw(changed)
        }
        #expect(try flaw(key) == nil)
        #expect(try with("use", "enc") == .use)
        #expect(try with("use", 1) == .use)
        #expect(try with("key_ops", ["encrypt"]) == .use)
        #expect(try with("key_ops", "verify") == .use)
        #expect(try with("key_ops", ["verify"]) == nil)
        #expect(try with("kid", nil) == .name)
        #expect(try with("kid", "") == .name)
        #expect(try with("kid", String(repeating: "a", count: 257)) == .name)
        #expect(try with("alg", "RS256") == .algorithm)
        #expect(try with("alg", "es256") == .algorithm)
        #expect(try with("alg", 256) == .algorithm)
        #expect(try with("crv", "P-384") == .algorithm)
        #expect(try with("kty", "ec") == .algorithm)
    }

    @Test func `numbers must be there, whole and canonical`() throws {
        let key = try members(of: .es256)
        let (x, y) = (try #require(key["x"]), try #require(key["y"]))
        let wrong = [
            "", x + "=", String(x.dropLast(2)), x + "AA", y, "!" + x.dropFirst(),
            Base64URL.encode(Array(repeating: 255, count: 32)),
        ]
        for text in wrong { #expect(try flaw(key.merging(["x": text]) { $1 }) == .form) }
        let edwards = try members(of: .eddsa)
        #expect(try flaw(edwards.merging(["x": "AAAA"]) { $1 }) == .form)
        #expect(try flaw(edwards.merging(["crv": "Ed448"]) { $1 }) == .algorithm)
    }

    @Test func `RSA keys that are too small, too large or trivial are refused`() throws {
        let key = try members(of: .rs256)
        let modulus = try #require(key["n"].flatMap(Base64URL.decode))
        func with(n: [UInt8]? = nil, e: [UInt8] = [1, 0, 1]) throws -> JSONWebKeyFlaw? {
            let numbers = ["n": Base64URL.encode(n ?? modulus), "e": Base64URL.encode(e)]
            return try flaw(key.merging(numbers) { $1 })
        }
        #expect(try with() == nil)
        #expect(try with(e: [3]) == nil)
        for exponent: [UInt8] in [[1], [2], [1, 0, 0], [1, 0, 0, 0, 1]] { #expect(try with(e: exponent) == .weak) }
        // One bit too few, though as many bytes; and too many.
        #expect(try with(n: [modulus[0] & 0x7F | 0x40] + modulus.dropFirst()) == .weak)
        // A byte too few; a zero in front would be another flaw.
        #expect(try with(n: [modulus[1] | 0x80] + modulus.dropFirst(2)) == .weak)
        #expect(try with(n: Array(repeating: 0xFF, count: 1025)) == .weak)
        #expect(try with(n: [0] + modulus) == .form)
    }

    @Test func `what we publish is read back, and a secret is never in it`() throws {
        let signing = try SignatureAlgorithm.allCases.map { try SigningKey.random($0, id: "key-\($0)") }
        let document = try KeySet(signing).published
        let set = try #require(JSONWebKeySet(document))
        #expect(set.keys.map(\.algorithm) == [.rs256, .ps256, .es256, .eddsa] && set.flaws.isEmpty)
        let text = Array("signed".utf8)
        for (key, own) in zip(set.keys, signing.dropFirst()) {
            #expect(key.isSignature(try own.signature(of: text), of: text))
        }
        let entries = try #require(try JSONSerialization.jsonObject(with: Data(document)) as? [String: [[String: Any]]])
        for entry in try #require(entries["keys"]) {
            #expect(Set(entry.keys).isDisjoint(with: ["d", "p", "q", "dp", "dq", "qi", "k"]))
        }
        #expect(try KeySet(hs256: [.random()]).published == Array(#"{"keys":[]}"#.utf8))
    }

    @Test func `of a set what is of no use is passed over`() throws {
        let (first, second) = (try members(of: .es256), try members(of: .eddsa))
        let secret = ["kty": "oct", "kid": "s", "alg": "HS256", "k": Base64URL.encode(Secret.random().bytes)]
        let entries = [first, second, ["kty": "PQC", "kid": "new"], secret]
        let set = try #require(JSONWebKeySet(Array(try JSONEncoder().encode(["keys": entries]))))
        #expect(set.keys.map(\.algorithm) == [.es256])
        #expect(set.flaws == [.duplicate, .algorithm, .symmetric])
    }

    @Test(arguments: ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[1]}"#, #"{"keys":[],"keys":[]}"#, "<html>"])
    func `what is no set is not taken for an empty one`(text: String) {
        #expect(JSONWebKeySet(Array(text.utf8)) == nil)
    }
}
