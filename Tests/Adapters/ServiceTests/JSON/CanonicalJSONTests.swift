import Foundation
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct CanonicalJSONTests {
    private func object(_ text: String) throws -> CanonicalJSON {
        try JSONDecoder().decode(CanonicalJSON.self, from: Data(text.utf8))
    }

    /// RFC 8785 appendix B.
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"), (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"), (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"), (0x4059_0000_0000_0000, "100"),
            (0x3ff8_0000_0000_0000, "1.5"),
        ] as [(UInt64, String)])
    func `numbers are written as ECMAScript writes them`(bits: UInt64, text: String) {
        #expect(Double(bitPattern: bits).canonicalText == text)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `every number reads back as it was`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<5_000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            #expect(Double(number.canonicalText) == number)
            let small = Double(Int.random(in: -1_000_000...1_000_000, using: &random)) / 1_000
            #expect(Double(small.canonicalText) == small)
        }
    }

    @Test func `what is equal has one text, whatever its spaces, order and escapes`() throws {
        let one = try object(#"{ "b": [1.0, true, null, {"z": "\u20ac/\n"}], "a": 1e2 , "é": -0 }"#)
        let other = try object(#"{"é":0,"a":100,"b":[1,true,null,{"z":"€\/\u000a"}]}"#)
        #expect(one.text == #"{"a":100,"b":[1,true,null,{"z":"€/\n"}],"é":0}"#)
        #expect(one == other && one.checksum == other.checksum && one.checksum == Checksum.sha256(one.text))
    }

    /// RFC 8785 §3.2.3.
    @Test func `names are in the order of their UTF-16`() throws {
        let text = #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#
        let values = try object(text).text.matches(of: /:(\d)/).map { String($0.1) }
        #expect(values == ["2", "4", "6", "7", "1", "5", "3"])
    }

    @Test func `control characters have the shortest escapes`() throws {
        let text = #"{"a":"\u0000\u0001\u0008\u0009\u000a\u000b\u000c\u000d\u001f\u007f\"\\"}"#
        #expect(try object(text).text == #"{"a":"\u0000\u0001\b\t\n\u000b\f\r\u001f"# + "\u{7f}" + #"\"\\"}"#)
    }

    @Test(arguments: ["[]", "1", "null", #""a""#, #"{"a":9007199254740993}"#, #"{"a":[-9223372036854775807]}"#])
    func `no object, and no number that would become another`(text: String) {
        #expect(throws: DecodingError.self) { try object(text) }
    }

    @Test func `it is encoded as what it is, and reads back`() throws {
        struct Holder: Codable, Equatable {
            let someData: CanonicalJSON
        }
        let holder = Holder(someData: try object(#"{"camelCase":{"snake_case":[1,"2",{}]}}"#))
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let bytes = try encoder.encode(holder)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"some_data":{"camelCase":{"snake_case":[1,"2",{}]}}}"#)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        #expect(try decoder.decode(Holder.self, from: bytes) == holder)
    }
}
