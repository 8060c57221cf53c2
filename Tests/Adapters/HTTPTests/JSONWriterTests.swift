import Foundation
import NIOCore
import Storage
import StrictJSON
import Testing

@testable import WaxwingHTTP

@Suite struct JSONWriterTests {
    /// Foundation's own encoder, with the same names.
    private static func foundation(_ value: some Encodable) throws -> JSONValue {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try JSONDecoder().decode(JSONValue.self, from: encoder.encode(value))
    }

    private static func written(_ value: some Encodable) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(JSONWriter.bytes(of: value).readableBytesView))
    }

    private static func text(_ value: some Encodable) throws -> String {
        String(buffer: try JSONWriter.bytes(of: value))
    }

    @Test func `what clients see is the same that Foundation's encoder would write`() throws {
        func compare<View: Described>(_ type: View.Type) throws {
            #expect(try Self.written(View.example) == Self.foundation(View.example), "\(type)")
        }
        try compare(SampleView.self)
        try compare(SubscriptionView.self)
        try compare(OpenUploadView.self)
        try compare(AcceptedUploadView.self)
        try compare(AccountView.self)
        try compare(Nothing.self)
        try compare([IdentifierView].self)
    }

    @Test func `every text comes back as it was`() throws {
        let naughty =
            (0..<0x250).compactMap(Unicode.Scalar.init).map { "a\($0)b" } + ["", "𝄞", "\u{2028}", "\u{FFFF}", "👩‍👩‍👧"]
        for text in naughty {
            let written = try Data(JSONWriter.bytes(of: [text]).readableBytesView)
            #expect(try JSONDecoder().decode([String].self, from: written) == [text])
        }
        #expect(try Self.text(["\u{1b}\u{0}\n\"\\"]) == #"["\u001b\u0000\n\"\\"]"#)
    }

    @Test func `every number comes back as it was, and what is none is refused`() throws {
        for number in [
            0, 1, -1.5, 1e-7, 2.2250738585072014e-308, 1.7976931348623157e308, 123_456_789_012_345_680, 0.1, 1e15,
            999_999_999_999_999,
        ] {
            let written = try Data(JSONWriter.bytes(of: [number]).readableBytesView)
            #expect(try JSONDecoder().decode([Double].self, from: written) == [number])
        }
        #expect(try Self.text([Int.min, Int.max]) == "[-9223372036854775808,9223372036854775807]")
        for number in [Double.nan, .infinity, -.infinity] {
            #expect(throws: EncodingError.self) { try JSONWriter.bytes(of: [number]) }
        }
    }

    @Test func `names that are data stay, members of values turn to snake case`() throws {
        #expect(try Self.text(["createdAt": ["aB": 1]]) == #"{"createdAt":{"aB":1}}"#)
        #expect(try Self.text(IdentifierView(id: "x")) == #"{"id":"x"}"#)
        #expect(try Self.text(PortalView(url: "/a")) == #"{"url":"/a"}"#)
    }

    @Test func `JSON that is there already is passed on, and other encoders read it`() throws {
        let raw = ["features": RawJSON(text: #"{"bpm":128.5,"key":null}"#)]
        #expect(try Self.text(raw) == #"{"features":{"bpm":128.5,"key":null}}"#)
        #expect(try Self.foundation(raw) == Self.written(raw))
    }

    @Test func `what lists its members by hand leaves none out`() throws {
        func compare<View: ListedMembers>(_ type: View.Type) throws {
            let written = try JSONDecoder().decode(
                [String: JSONValue].self, from: Data(JSONWriter.bytes(of: View.example).readableBytesView))
            let declared = Mirror(reflecting: View.example).children.compactMap { $0.label?.snakeCased }
            #expect(!declared.isEmpty && Set(written.keys) == Set(declared), "\(type)")
        }
        try compare(SampleView.self)
        try compare(CorrectionsView.self)
        try compare(VibeView.self)
    }

    @Test func `members that are listed are the same for every encoder`() throws {
        #expect(
            try Self.text(Listed())
                == #"{"a_flag":true,"number":-2,"none":null,"map":{"aB":1},"raw":[1],"no_members":{},"last":[null]}"#)
        #expect(try Self.written([Listed(), Listed()]) == Self.foundation([Listed(), Listed()]))
        #expect(throws: EncodingError.self) { try JSONWriter.bytes(of: Listed(last: [.nan])) }
    }

    @Test func `containers in containers end where the next thing begins`() throws {
        #expect(
            try Self.text(Nested())
                == #"{"first_part":{"a":1,"list":[1,[2],{"b":3}]},"second":{},"third":[],"last":true}"#)
        #expect(try Self.written(Nested()) == Self.foundation(Nested()))
    }
}

private struct Listed: ListedMembers {
    var last: [Double?] = [nil]

    func list(in members: inout some MemberList) throws {
        try members.add("a_flag", true)
        try members.add("number", -2)
        try members.add("none", Optional<Int>.none)
        try members.add("map", ["aB": 1])
        try members.add("raw", RawJSON(text: "[1]"))
        try members.add("no_members", Empty())
        try members.add("last", last)
    }

    static let example = Listed()

    private struct Empty: ListedMembers {
        func list(in members: inout some MemberList) {}

        static let example = Empty()
    }
}

/// Encodes by containers that it asks for itself.
private struct Nested: Encodable {
    private enum Keys: String, CodingKey {
        case firstPart, second, third, last, a, b, list
    }

    func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: Keys.self)
        var first = outer.nestedContainer(keyedBy: Keys.self, forKey: .firstPart)
        try first.encode(1, forKey: .a)
        var list = first.nestedUnkeyedContainer(forKey: .list)
        try list.encode(1)
        var inner = list.nestedUnkeyedContainer()
        try inner.encode(2)
        var members = list.nestedContainer(keyedBy: Keys.self)
        try members.encode(3, forKey: .b)
        _ = outer.nestedContainer(keyedBy: Keys.self, forKey: .second)
        _ = outer.nestedUnkeyedContainer(forKey: .third)
        try outer.encode(true, forKey: .last)
    }
}
