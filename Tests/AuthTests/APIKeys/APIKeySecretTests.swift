import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct APIKeySecretTests {
    @Test func `a key has its form, and is read back as it was written`() throws {
        for _ in 0..<1000 {
            let secret = APIKeySecret.random()
            #expect(secret.text.wholeMatch(of: /wx_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}/) != nil)
            #expect(secret.text.hasPrefix(secret.prefix + "_") && secret.prefix.count == 11)
            let read = try #require(APIKeySecret(secret.text))
            #expect(read == secret && read.prefix == secret.prefix && read.hash == secret.hash)
        }
    }

    @Test func `no two keys are the same, and every digit comes up everywhere`() {
        let keys = (0..<2000).map { _ in APIKeySecret.random() }
        #expect(Set(keys.map(\.text)).count == 2000 && Set(keys.map(\.prefix)).count == 2000)
        for place in [3, 10, 12, 54] {
            #expect(Set(keys.map { Array($0.text.utf8)[place] }).count == 62)
        }
    }

    @Test func `one wrong character anywhere is found without a look into the database`() {
        let key = Array(APIKeySecret.random().text.utf8)
        for place in key.indices {
            for byte in "09AZaz_- .".utf8 where byte != key[place] {
                var wrong = key
                wrong[place] = byte
                #expect(APIKeySecret(String(decoding: wrong, as: UTF8.self)) == nil)
            }
        }
    }

    @Test func `another spelling is no key`() {
        let text = APIKeySecret.random().text
        for other in [
            "", "wx_", text + "0", String(text.dropLast()), " " + text, text + "\n", text.lowercased(),
            text.replacing("wx_", with: "wxr_"), String(repeating: "é", count: 30) + "x", text + "\u{301}",
            String(repeating: "x", count: 1_000_000),
        ] {
            #expect(APIKeySecret(other) == nil, "\(other.prefix(100))")
        }
    }

    @Test func `it prints its prefix and nothing else of itself`() {
        let secret = APIKeySecret.random()
        var dumped = ""
        dump(secret, to: &dumped)
        dump(Credentials(apiKey: secret.text), to: &dumped)
        let printed = "\(secret) \(String(reflecting: secret)) \(dumped)"
        #expect(printed.contains(secret.prefix) && !printed.contains(secret.text.suffix(40)))
    }
}

@Suite struct CRC32Tests {
    /// The first is the check value of G. Cook, "Catalogue of parametrised CRC algorithms" (CRC-32/ISO-HDLC).
    @Test(arguments: [
        ("123456789", 0xCBF4_3926), ("", 0), ("a", 0xE8B7_BE43),
        ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
    ])
    func `it is the checksum of zlib`(text: String, sum: UInt32) {
        #expect(CRC32.checksum(text.utf8) == sum)
    }

    @Test(arguments: [(0, "000000"), (61, "00000z"), (62, "000010"), (UInt32.max, "4gfFC3")])
    func `a number has six digits of 62`(number: UInt32, text: String) {
        #expect(Base62.encode(number) == text)
    }
}

@Suite struct ScopesTests {
    private let read = Scope("library:read")
    private let write = Scope("library:write")

    @Test func `a scope is a short word of few letters`() {
        for text in ["a", "library:read", "a.b_c-d:9", String(repeating: "x", count: 64)] {
            #expect(Scope(text)?.text == text)
        }
        for text in ["", "A", "a b", "é", "a\u{0}", "*", "a\n", String(repeating: "x", count: 65)] {
            #expect(Scope(text) == nil)
        }
    }

    @Test func `all cover everything, some cover what is in them, none cover none`() throws {
        let (read, write) = (try #require(read), try #require(write))
        #expect(Scopes.all.allow(read) && Scopes.only([read]).allow(read) && !Scopes.only([read]).allow(write))
        #expect(Scopes.all.cover(.all) && Scopes.all.cover(.only([read])))
        #expect(Scopes.only([read, write]).cover(.only([read])) && Scopes.only([read]).cover(.only([])))
        #expect(!Scopes.only([read]).cover(.only([read, write])) && !Scopes.only([read, write]).cover(.all))
    }

    @Test func `they are kept as words, and what is no scope is not read as one`() throws {
        let two = Scopes.only([try #require(write), try #require(read)])
        #expect(two.sqlValue == .text("library:read library:write"))
        for scopes in [two, .all, .only([])] { #expect(Scopes(sqlValue: scopes.sqlValue) == scopes) }
        #expect(Scopes(sqlValue: .text("library:read *")) == nil && Scopes(sqlValue: .integer(1)) == nil)
    }
}
