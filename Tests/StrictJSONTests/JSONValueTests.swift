import Foundation
import StorageTestKit
import Testing

@testable import StrictJSON

@Suite struct JSONValueTests {
    private func value(_ text: String, _ limits: JSONLimits = JSONLimits()) throws -> JSONValue {
        try JSONValue(reading: Array(text.utf8), within: limits)
    }

    @Test(arguments: [
        ("0", JSONValue.integer(0)), ("-0", .integer(0)), ("9007199254740993", .integer(9_007_199_254_740_993)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(0x1p63)), ("1.0", .number(1)), ("1e2", .number(100)), ("-0.5", .number(-0.5)),
        ("5e-324", .number(.leastNonzeroMagnitude)),
    ])
    func `whole numbers are kept apart from others, and exact`(text: String, expected: JSONValue) throws {
        #expect(try value(text) == expected)
    }

    @Test func `a whole number is one however it is written, up to where readers differ`() throws {
        for text in ["100", "1e2", "100.0"] { #expect(try value(text).integer == 100) }
        #expect(try value("9007199254740992").integer == 1 << 53)
        for text in ["9007199254740993", "1.5", "1e300", "-9223372036854775808", #""1""#, "true", "null"] {
            #expect(try value(text).integer == nil, "\(text)")
        }
        #expect(try value("9007199254740993").double == 0x1p53)
        #expect(try value("true").double == nil)
    }

    /// A Kelvin sign is no K, though Swift and Unicode call them equal.
    @Test func `names are found as they are spelled, and equivalent ones are one name twice`() throws {
        let kelvin = "\u{212A}"
        let object = try #require(JSONObject(reading: Array("{\"\(kelvin)\": 1}".utf8)))
        #expect(object["K"] == nil && object[kelvin] == 1)
        for (one, other) in [(kelvin, "K"), ("\u{E9}", "e\u{301}")] {
            let names = (0..<40).map { "\"n\($0)\": 0," }.joined()
            for between in ["", names] {
                #expect(throws: JSONFlaw.duplicate(other)) { try value("{\"\(one)\": 1, \(between) \"\(other)\": 2}") }
            }
        }
    }

    @Test func `each limit is one that is reached, and not passed`() throws {
        #expect(try value("[1]", JSONLimits(bytes: 3)) == [1])
        #expect(throws: JSONFlaw.tooLong(3)) { try value("[12]", JSONLimits(bytes: 3)) }
        #expect(try value("[[]]", JSONLimits(depth: 2)) == [[]])
        #expect(throws: JSONFlaw.tooDeep(2)) { try value(#"[[{"a": 1}]]"#, JSONLimits(depth: 2)) }
        #expect(try value("[1, 2]", JSONLimits(values: 3)) == [1, 2])
        #expect(throws: JSONFlaw.tooMany(3)) { try value("[1, 2, 3]", JSONLimits(values: 3)) }
        #expect(try value("[123]", JSONLimits(digits: 3)) == [123])
        #expect(throws: JSONFlaw.number(in: "a")) { try value(#"{"a": [1234]}"#, JSONLimits(digits: 3)) }
    }

    @Test func `escapes and plain text make one string`() throws {
        #expect(
            try value(#"["", "\n", "a\tb\\", "\ud83c\udfb5é\u00e9", "é\"\/"]"#)
                == ["", "\n", "a\tb\\", "🎵éé", "é\"/"])
    }

    @Test func `a NUL is taken only where it may be, and never as it is`() throws {
        #expect(throws: JSONFlaw.nul(in: "a")) { try value(#"{"a": "\u0000"}"#) }
        #expect(try value(#""a\u0000b""#, JSONLimits(takesNUL: true)) == "a\0b")
        #expect(throws: JSONFlaw.nul(in: nil)) { try value("\"\0\"", JSONLimits(takesNUL: true)) }
    }

    /// One scanner is behind both.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `what is only looked at is taken and refused as what is kept`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = ["{", "}", "[", "]", ",", ":", #""a""#, #""\u00"#, #""\ud8"#, "1", "-0.5e9", "true", "null", " "]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            var (seen, kept): (JSONFlaw?, JSONFlaw?)
            do { _ = try JSONGuard.check(Array(text.utf8)) } catch { seen = error }
            do throws(JSONFlaw) { _ = try JSONValue(reading: Array(text.utf8)) } catch { kept = error }
            #expect(seen == kept, "\(text)")
        }
    }

    @Test func `coders read and write it as what it is`() throws {
        let one = try value(#"{"a": [1, -2.5, true, null, "x", {}], "snake_case": {"camelCase": 9007199254740993}}"#)
        let other = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(one))
        #expect(other == one)
    }
}
