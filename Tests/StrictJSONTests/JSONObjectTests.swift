import StorageTestKit
import Testing

@testable import StrictJSON

@Suite struct JSONObjectTests {
    private let limits = JSONLimits(depth: 16)

    @Test(arguments: [
        "{}", #" { "a" : [ 1 , -2.5e3 , true , false , null , "x" ] } "#, #"{"a":{"b":{}}}"#,
        #"{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83c\udfb5"}"#, #"{"é":1,"e":2}"#,
    ])
    func `plain JSON is read`(text: String) {
        #expect(JSONObject(reading: Array(text.utf8), within: limits) != nil)
    }

    @Test func `escapes become what they stand for`() {
        let object = JSONObject(reading: Array(#"{"a":"\u0041\ud83c\udfb5\n"}"#.utf8))
        #expect(object?["a"]?.string == "A🎵\n")
    }

    @Test(arguments: [
        "", " ", "[]", "1", "{", "}", "{}{}", "{},", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}",
        #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"a":{"b":1,"b":1}}"#, #"{"a":01}"#, #"{"a":+1}"#, #"{"a":1.}"#,
        #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":1e400}"#, #"{"a":-}"#, #"{"a":NaN}"#, #"{"a":tru}"#, #"{"a":[1,]}"#,
        #"{"a":"\ud800"}"#, #"{"a":"\udc00\ud800"}"#, #"{"a":"\ud800\u0041"}"#, #"{"a":"\u12"}"#, #"{"a":"\x"}"#,
        #"{"a":"\"#, #"{"a":"\u"#, #"{"a":"\ud800\u"#, #"{"a":"\ud800\"#, "{\"a\":\"\n\"}", "{\"a\":\"\u{0}\"}",
        "\u{FEFF}{}", "{}\u{0}", "{\u{A0}}", "{\"a\":1}x",
        #"{"a":"# + String(repeating: "[", count: 17) + String(repeating: "]", count: 17) + "}",
        #"{"a":"# + String(repeating: "[", count: 100_000),
    ])
    func `what parsers disagree about is refused`(text: String) {
        #expect(JSONObject(reading: Array(text.utf8), within: limits) == nil)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(JSONObject(reading: Array("{\"a\":\"".utf8) + [0xC3] + Array("\"}".utf8)) == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no bytes make it trap`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array(#"{}[]":,\u0d8a1e+-.tfn x"#.utf8)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            _ = JSONObject(reading: [UInt8(ascii: "{")] + bytes)
        }
    }
}
