import CArgon2
import Foundation
import FreshDatabases
import Storage
import Testing

@testable import Auth

/// Functions as their RFCs have them, and accounts that come from a service that hashed with scrypt.
@Suite struct ScryptTests {
    private struct Vectors: Decodable {
        struct Scrypt: Decodable {
            let password, salt, hex: String
            let N, r, p, dkLen: Int
        }

        struct Argon2: Decodable {
            let type, password_hex, salt_hex, secret_hex, ad_hex, hex: String
            let version, t, m_kib, lanes, tagLen: UInt32
        }

        let scrypt_rfc7914: [Scrypt]
        let argon2_rfc9106: [Argon2]
    }

    /// The password is `password`, in the spelling of passlib.
    private let phc = "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E"
    private let hasher = PasswordHasher()

    @Test func `it is the scrypt of RFC 7914, as far as its memory is within our limits`() throws {
        let cases = try AuthTests.Vectors.own("password/kdf.json", as: Vectors.self).scrypt_rfc7914
        #expect(cases.count == 4)
        for one in cases {
            let cost = ScryptCost(logN: one.N.trailingZeroBitCount, blockSize: one.r, parallelism: one.p)
            guard one.N < 1 << 20 else {
                #expect(cost == nil, "a gigabyte")
                continue
            }
            let digest = try #require(cost)
                .digest(of: Array(one.password.utf8), salt: Array(one.salt.utf8), count: one.dkLen)
            #expect(Checksum.hex(try #require(digest)) == one.hex)
        }
    }

    @Test func `the library's Argon2 is that of RFC 9106`() throws {
        let cases = try AuthTests.Vectors.own("password/kdf.json", as: Vectors.self).argon2_rfc9106
        #expect(cases.count == 3)
        let types = ["argon2d": Argon2_d, "argon2i": Argon2_i, "argon2id": Argon2_id]
        for one in cases {
            let parts = try [one.password_hex, one.salt_hex, one.secret_hex, one.ad_hex].map { try #require(bytes($0)) }
            #expect(Checksum.hex(argon2(one, try #require(types[one.type]), parts)) == one.hex, "\(one.type)")
        }
    }

    private func argon2(_ one: Vectors.Argon2, _ type: argon2_type, _ parts: [[UInt8]]) -> [UInt8] {
        var (password, salt, secret, data) = (parts[0], parts[1], parts[2], parts[3])
        var tag = [UInt8](repeating: 0, count: Int(one.tagLen))
        password.withUnsafeMutableBufferPointer { password in
            salt.withUnsafeMutableBufferPointer { salt in
                secret.withUnsafeMutableBufferPointer { secret in
                    data.withUnsafeMutableBufferPointer { data in
                        tag.withUnsafeMutableBufferPointer { tag in
                            var context = argon2_context()
                            (context.out, context.outlen) = (tag.baseAddress, one.tagLen)
                            (context.pwd, context.pwdlen) = (password.baseAddress, UInt32(password.count))
                            (context.salt, context.saltlen) = (salt.baseAddress, UInt32(salt.count))
                            (context.secret, context.secretlen) = (secret.baseAddress, UInt32(secret.count))
                            (context.ad, context.adlen) = (data.baseAddress, UInt32(data.count))
                            (context.t_cost, context.m_cost, context.version) = (one.t, one.m_kib, one.version)
                            (context.lanes, context.threads) = (one.lanes, one.lanes)
                            #expect(argon2_ctx(&context, type) == ARGON2_OK.rawValue)
                        }
                    }
                }
            }
        }
        return tag
    }

    private func bytes(_ hex: String) -> [UInt8]? {
        let digits = Array(hex)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        return bytes.count * 2 == digits.count ? bytes : nil
    }

    @Test func `a hash made by passlib verifies, only with its password, and is written as it was read`() async throws {
        #expect(try await hasher.verify("password", against: phc))
        for wrong in ["passwor", "password ", "Password", ""] {
            #expect(try await !hasher.verify(wrong, against: phc))
        }
        let hash = try #require(PasswordHash(phc: phc))
        #expect(hash.phc == phc && hash.cost == nil && hasher.needsRehash(hash))
    }

    @Test(arguments: [
        "ln=17,r=8,p=1", "ln=16,r=9,p=1", "ln=16,r=8,p=3", "ln=14,r=8,p=17", "ln=10,r=17,p=1", "ln=0,r=8,p=1",
        "ln=16,r=0,p=1", "ln=16,r=8,p=0", "ln=63,r=8,p=1", "ln=64,r=8,p=1", "ln=16,r=1,p=1", "ln=999999,r=8,p=1",
        "ln=14,r=8,p=4294967295", "ln=16,r=999999,p=1", "ln=016,r=8,p=1", "ln=+16,r=8,p=1", "ln=-1,r=8,p=1",
        "r=8,ln=16,p=1", "ln=16,r=8", "ln=16,r=8,p=1,", "ln=16,r=8,p=1,x=1", "N=16,r=8,p=1", "ln=16 ,r=8,p=1", "",
        "ln=16,r=8,p=1$ln=16,r=8,p=1", "v=19$ln=16,r=8,p=1", "ln=99999999999999999999,r=8,p=1",
    ])
    func `a cost beyond the limits, or written otherwise, is refused before any memory is taken`(cost: String) {
        let rest = "aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E"
        #expect(PasswordHash(phc: "$scrypt$\(cost)$\(rest)") == nil)
    }

    @Test(arguments: [
        (1, 16, 16), (13, 8, 10), (14, 8, 5), (15, 8, 3), (16, 8, 2), (15, 16, 1), (15, 1, 16), (1, 1, 1),
    ])
    func `what is within the limits is computed`(logN: Int, blockSize: Int, parallelism: Int) throws {
        let cost = try #require(ScryptCost(logN: logN, blockSize: blockSize, parallelism: parallelism))
        #expect(cost.digest(of: [1], salt: [2], count: 16)?.count == 16)
    }

    @Test(arguments: [
        "$2y$10$abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUVWXYZ01234", "$pbkdf2-sha256$29000$c2FsdHNhbHQ$AAAA",
        "$scrypt$ln=16,r=8,p=1$c2FsdA$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E", "$scrypt", "$scrypt$", "scrypt",
        "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$AAAA", "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q",
        "$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D",
    ])
    func `other functions, and scrypt with too little salt or hash, are refused`(phc: String) async throws {
        #expect(PasswordHash(phc: phc) == nil)
        #expect(try await !hasher.verify("password", against: phc))
    }

    @Test func `who comes with a scrypt hash signs in, and has an Argon2id hash from then on`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        try await house.execute("UPDATE users SET password_hash = \(phc) WHERE id = \(ada.id)")
        await #expect(throws: AuthError.wrongCredentials) {
            try await house.login("ada@example.com", password: "passwords")
        }
        #expect(try await house.passwordHash(of: ada) == phc)
        _ = try await house.login("ada@example.com", password: "password")
        let renewed = try #require(try await house.passwordHash(of: ada))
        #expect(PasswordHash(phc: renewed)?.cost == .cheap)
        _ = try await house.login("ada@example.com", password: "password")
    }
}
