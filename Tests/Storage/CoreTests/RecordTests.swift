import Foundation
import Storage
import Testing

@Suite struct PageCursorTests {
    private let cursor = PageCursor(createdAt: Timestamp(milliseconds: -5), id: "a/b//c")
    private let owner = AccountID.random()

    @Test func `comes back for its owner, and for nobody else`() {
        let text = cursor.encoded(for: owner)
        #expect(PageCursor(text, for: owner) == cursor)
        #expect(PageCursor(text, for: .random()) == nil)
    }

    @Test func `is refused when any byte of it was changed`() throws {
        let bytes = try #require(Base64URL.decode(cursor.encoded(for: owner)))
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(PageCursor(Base64URL.encode(changed), for: owner) == nil)
            }
        }
    }

    @Test(arguments: ["", "a", "////", "!", "bm90aGluZw", "é", String(repeating: "A", count: 10_000)])
    func `is refused when it is no cursor`(text: String) {
        #expect(PageCursor(text, for: owner) == nil)
    }
}

@Suite struct PageTests {
    @Test(arguments: [(0, 1), (1, 1), (-5, 1), (200, 200), (201, 200), (.max, 200)])
    func `a request asks for 1 to 200 items`(limit: Int, clamped: Int) {
        #expect(PageRequest(limit: limit).limit == clamped)
    }

    @Test func `there is a next page only if one item more was found`() {
        func page(_ items: [Int]) -> Page<Int> {
            Page(items, limit: 2) { PageCursor(createdAt: Timestamp(milliseconds: 0), id: "\($0)") }
        }
        #expect(page([1, 2, 3]).items == [1, 2])
        #expect(page([1, 2, 3]).next?.id == "2")
        #expect(page([1, 2]).next == nil)
        #expect(page([]).next == nil)
        #expect(page([1, 2, 3]).map(String.init).items == ["1", "2"])
        #expect(page([1, 2, 3]).map(String.init).next?.id == "2")
    }
}

@Suite struct Base64URLTests {
    @Test(
        arguments: [
            ([], ""), ([0x66], "Zg"), ([0x66, 0x6F], "Zm8"), ([0x66, 0x6F, 0x6F], "Zm9v"), ([0xFB, 0xFF], "-_8"),
        ] as [([UInt8], String)])
    func `is written without padding, in the alphabet of RFC 4648 §5`(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test func `any bytes come back`() {
        for count in 0..<256 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 151 + count) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }

    @Test(arguments: [
        "Zg==", "Zg=", "Zh", "Zm9", "+_8", "-/8", "Z", "Zm9vZ", " Zg", "Zg\n", "Z g", "Zg\0", "Zé", "\u{212A}g",
    ])
    func `a second spelling is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}

@Suite struct IdentifierTests {
    @Test func `letters of either case name the same`() {
        let text = "0A1b2C3d-4e5F-6071-8293-a4b5C6d7E8f9"
        #expect(AccountID(text)?.text == text.lowercased())
        #expect(AccountID(text) == AccountID(text.uppercased()))
    }

    @Test(arguments: [
        "", "1", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "{0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8}",
        "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8fg", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9 ",
        "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f\u{E9}", "0a1b2c3d+4e5f-6071-8293-a4b5c6d7e8f9",
    ])
    func `is refused`(text: String) {
        #expect(AccountID(text) == nil)
    }

    @Test func `random ones differ and are read back`() throws {
        let all = (0..<1000).map { _ in AccountID.random() }
        #expect(Set(all).count == 1000)
        #expect(all.allSatisfy { AccountID($0.text) == $0 })
        #expect(try JSONDecoder().decode([AccountID].self, from: JSONEncoder().encode(all)) == all)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([AccountID].self, from: Data(#"["x"]"#.utf8)) }
    }

    @Test func `fits a column of text`() {
        let account = AccountID.random()
        #expect(AccountID(sqlValue: account.sqlValue) == account)
        #expect(AccountID(sqlValue: .text("x")) == nil)
        #expect(AccountID(sqlValue: .integer(1)) == nil)
    }
}

@Suite struct ChecksumTests {
    @Test func `is the one of FIPS 180-4`() {
        #expect(Checksum.sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Checksum.sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Checksum.hex([0, 10, 255] as [UInt8]) == "000aff")
    }
}

@Suite struct ByteRangeTests {
    @Test func `means the bytes that an array would give, or none`() {
        for size in 0...6 {
            let bytes = Array(0..<size)
            for first in 0...7 {
                #expect(
                    ByteRange.from(first).resolved(in: size).map { Array($0) } ?? [] == Array(bytes.dropFirst(first)))
                #expect(
                    ByteRange.suffix(first).resolved(in: size).map { Array($0) } ?? [] == Array(bytes.suffix(first)))
                for last in 0...7 {
                    let wanted = bytes.filter { (first...max(first, last)).contains($0) && first <= last }
                    #expect(ByteRange.closed(first, last).resolved(in: size).map { Array($0) } ?? [] == wanted)
                }
            }
        }
        #expect(ByteRange.closed(0, .max).resolved(in: .max) == 0..<Int.max)
        #expect(ByteRange.suffix(.max).resolved(in: 1) == 0..<1)
        #expect(ByteRange.suffix(.min).resolved(in: 1) == nil)
    }
}

@Suite struct VisibleASCIITests {
    @Test func `of all bytes those from ! to ~ are visible, and with the space printable`() {
        for byte in UInt8.min...UInt8.max {
            #expect([0x41, byte].isVisibleASCII == (byte > 0x20 && byte < 0x7F))
            #expect([0x41, byte].isPrintableASCII == (byte >= 0x20 && byte < 0x7F))
        }
    }
}

@Suite struct ControlCharacterTests {
    @Test func `those of Unicode are found, in any place, and nothing else is`() {
        for number in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(number) else { continue }
            let isControl = scalar.properties.generalCategory == .control
            let isRight = "é\(Character(scalar))x".hasControlCharacter == isControl
            if !isRight || number < 0x300 { #expect(isRight, "U+\(String(number, radix: 16))") }
        }
        #expect(!"".hasControlCharacter)
    }
}
