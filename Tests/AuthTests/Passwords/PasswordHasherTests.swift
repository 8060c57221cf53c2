import Foundation
import StorageTestKit
import Testing

@testable import Auth

private struct KDFVectors: Decodable {
    struct Case: Decodable, Sendable {
        let password: String
        let phc: String
        let valid: Bool
    }

    let phc_argon2id: [Case]
    let phc_malformed_must_be_false_fast: [String]
}

extension HashingCost {
    /// For tests that are about something else.
    static let cheap = HashingCost(memory: 64, iterations: 1, lanes: 1) ?? .standard
}

@Suite struct PasswordHasherTests {
    private let hasher = PasswordHasher()

    @Test func `hashes made elsewhere verify, and only with their password`() async throws {
        let cases = try Vectors.own("password/kdf.json", as: KDFVectors.self).phc_argon2id
        #expect(cases.count == 13)
        for vector in cases {
            let verdict = try await hasher.verify(vector.password, against: vector.phc)
            #expect(verdict == vector.valid, "\(vector.phc)")
        }
    }

    @Test func `a malformed hash is false at once`() async throws {
        let malformed = try Vectors.own("password/kdf.json", as: KDFVectors.self).phc_malformed_must_be_false_fast
        #expect(malformed.count == 10)
        for phc in malformed {
            #expect(PasswordHash(phc: phc) == nil, "no cost is even considered: \(phc)")
            #expect(try await hasher.verify("x", against: phc) == false)
        }
    }

    @Test(arguments: [
        "m=65537,t=2,p=1", "m=19456,t=11,p=1", "m=19456,t=2,p=5", "m=7,t=1,p=1", "m=15,t=1,p=2", "m=19456,t=0,p=1",
        "m=19456,t=2,p=0", "m=019456,t=2,p=1", "m=+19456,t=2,p=1", "m=-1,t=2,p=1", "t=2,m=19456,p=1", "m=19456,t=2",
        "m=19456,t=2,p=1,", "m=19456,t=2,p=1,data=AA", ",m=19456,t=2,p=1", "m= 19456,t=2,p=1",
        "m=99999999999999999999,t=2,p=1",
    ])
    func `a cost beyond the limits, or written otherwise, is refused`(cost: String) {
        let hash = "xLvLH77JnWW/WdhcjLYu4g$V048pTHQI+oEmp9H9n4QmSTGgctsaHS3GByHdnZavN0"
        #expect(PasswordHash(phc: "$argon2id$v=19$m=19456,t=2,p=1$\(hash)") != nil)
        #expect(PasswordHash(phc: "$argon2id$v=19$\(cost)$\(hash)") == nil)
    }

    @Test func `any one-byte change of a hash is refused or false, and never traps`() async throws {
        let cheap = PasswordHasher(cost: .cheap)
        let phc = Array(try await cheap.hash(Password("correct horse")).phc.utf8)
        var random = SplitMix64(seed: 7)
        for place in phc.indices {
            var changed = phc
            changed[place] = UInt8.random(in: 0x20...0x7E, using: &random)
            guard changed != phc else { continue }
            #expect(try await !cheap.verify("correct horse", against: String(decoding: changed, as: UTF8.self)))
        }
    }

    @Test func `equal passwords have different hashes, and all of the password counts`() async throws {
        let (one, other) = (
            try await hasher.hash(Password("correct horse")), try await hasher.hash(Password("correct horse"))
        )
        #expect(one != other && one.salt.count == 16 && one.digest.count == 32)
        #expect(PasswordHash(phc: one.phc) == one)
        #expect(try await hasher.verify("correct horse", against: one))
        for wrong in ["correct hors", "correct horse ", "Correct horse", "correct horse\u{0}", ""] {
            #expect(try await !hasher.verify(wrong, against: one))
        }
    }

    @Test func `a keyboard's way of spelling an accent does not matter`() async throws {
        let hash = try await hasher.hash(Password("cafe\u{301} noir"))
        #expect(try await hasher.verify("caf\u{E9} noir", against: hash))
    }

    @Test func `a hash of another cost needs a new one`() async throws {
        let older = try await PasswordHasher(cost: .cheap).hash(Password("correct horse"))
        #expect(hasher.needsRehash(older))
        #expect(try await !hasher.needsRehash(hasher.hash(Password("correct horse"))))
    }

    @Test func `the decoy fits no password and costs as much as a real hash`() async throws {
        #expect(hasher.decoy.cost == hasher.cost && hasher.decoy.digest.count == 32)
        #expect(try await !hasher.verify("", against: hasher.decoy))
    }
}
