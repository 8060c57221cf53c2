import Foundation
import StorageTestKit
import Testing

@testable import StrictJSON

@Suite struct JSONGuardTests {
    private func refusal(_ text: String, _ limits: JSONLimits = .init()) -> JSONFlaw? {
        refusal(Array(text.utf8), limits)
    }

    private func refusal(_ bytes: [UInt8], _ limits: JSONLimits = .init()) -> JSONFlaw? {
        do throws(JSONFlaw) {
            _ = try JSONGuard.check(bytes, within: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test(.enabled(if: Vectors.foreign != nil || Vectors.inCI, "set WAXWING_VECTORS to check JSONTestSuite"))
    func `every text of JSONTestSuite is taken or refused as it must be`() throws {
        let folder = try #require(Vectors.foreign, "CI must have the vectors: set WAXWING_VECTORS")
        let file = try #require(
            try Vectors.json(folder.appending(path: "json/jsontestsuite-parsing.json")) as? [String: Any])
        let texts = try #require(file["files"] as? [String: String])
        #expect(texts.count == 209)
        // JSON, and refused all the same.
        let stricter = [
            "y_object_duplicated_key.json": JSONFlaw.duplicate("a"),
            "y_object_duplicated_key_and_value.json": .duplicate("a"),
            "y_object_escaped_null_in_key.json": .nul(in: nil), "y_string_null_escape.json": .nul(in: nil),
        ]
        for (name, text) in texts {
            let found = refusal(Array(try #require(Data(base64Encoded: text))))
            if let expected = stricter[name] {
                #expect(found == expected, "\(name)")
            } else {
                #expect(
                    (found == nil) == name.hasPrefix("y_"), "\(name): \(found.map(String.init(describing:)) ?? "taken")"
                )
            }
        }
    }

    @Test func `values lie in each other 64 deep, and no deeper, whatever comes`() throws {
        let nested = { (count: Int) in String(repeating: "[", count: count) + String(repeating: "]", count: count) }
        #expect(refusal(nested(64)) == nil)
        for text in [
            nested(65), nested(513), nested(1_000_000), String(repeating: "[", count: 1_000_000),
            String(repeating: #"{"a":"#, count: 100_000), String(repeating: #"[{"a":"#, count: 500_000),
        ] {
            var found: JSONFlaw?
            let time = processorTime { found = refusal(text) }
            #expect(found == .tooDeep(64))
            #expect(time < .seconds(1))
        }
    }

    @Test func `very many values, names and digits cost little, and end`() {
        let objects = "[" + String(repeating: "{},", count: 999_999) + "{}]"
        #expect(refusal(objects) == .tooMany(50_000))
        // All alike to a hash that adds letters up, or takes them by place: what a seeded one does not do.
        let halves = ["Aa", "BB"]
        let names = (0..<10_000).map { number in (0..<14).map { halves[number >> $0 & 1] }.joined() }
        let members = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        var found: JSONFlaw?
        let time = processorTime { found = refusal(members) }
        #expect(found == nil)
        #expect(time < .milliseconds(CommandLine.isOptimized ? 100 : 1000))
        #expect(refusal("[" + String(repeating: "9", count: 100_000) + "]") == .number(in: nil))
    }

    @Test(arguments: [
        (#"{"plan":"free","plan":"pro"}"#, JSONFlaw.duplicate("plan")),
        (#"{"plan":"free","pl\u0061n":"pro"}"#, .duplicate("plan")), (#"{"a":{"b":1,"b":1}}"#, .duplicate("b")),
        (#"{"name":"a\u0000"}"#, .nul(in: "name")), (#"{"name":["\u0000"]}"#, .nul(in: "name")),
        ("{\"name\":\"a\u{0}\"}", .nul(in: "name")), (#"{"name":"\ud800"}"#, .loneSurrogate(in: "name")),
        (#"{"name":"\udc00\ud800"}"#, .loneSurrogate(in: "name")),
        (#"{"name":"\ud800\u0041"}"#, .loneSurrogate(in: "name")),
        (#"{"size":1e400}"#, .number(in: "size")), (#"{"size":-1e400}"#, .number(in: "size")),
        ("\u{FEFF}{}", .byteOrderMark), ("{} {}", .malformed(at: 3)), ("", .malformed(at: 0)),
        ("{'a':1}", .malformed(at: 1)), ("[1,]", .malformed(at: 3)), ("[NaN]", .malformed(at: 1)),
        ("[/**/1]", .malformed(at: 1)), ("[Infinity]", .malformed(at: 1)), ("[01]", .malformed(at: 2)),
    ])
    func `is refused, by name where there is one`(text: String, expected: JSONFlaw) {
        #expect(refusal(text) == expected)
    }

    @Test func `what is no UTF-8 is refused`() {
        #expect(refusal([0x22, 0xFF, 0x22]) == .notUTF8)
        #expect(refusal([0x22, 0xED, 0xA0, 0x80, 0x22]) == .notUTF8)
        let utf16: [UInt8] = Array(#"{"a": 1}"#.utf8).flatMap { [$0, 0] as [UInt8] }
        #expect(refusal(utf16) != nil)
        #expect(refusal([0xFF, 0xFE] + utf16) == .notUTF8)
    }

    @Test(arguments: ["-0", "0", "9007199254740993", "1e308", "5e-324", "\"\\ud83c\\udfa7\"", "true", " [ ] ", "{}"])
    func `is taken`(text: String) {
        #expect(refusal(text) == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `takes what Foundation takes of random bytes, or less, and never traps`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u00", "\\ud8", "1", "-", "0", ".", "e", "true", "null", " ",
            "a",
            "\u{0}", "é",
        ]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            .joined()
            guard refusal(text) == nil else { continue }
            #expect(
                (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil, "\(text)"
            )
        }
    }
}

extension CommandLine {
    /// Whether this program was built for speed: times are promised of that.
    fileprivate static var isOptimized: Bool {
        #if DEBUG
        false
        #else
        true
        #endif
    }
}
