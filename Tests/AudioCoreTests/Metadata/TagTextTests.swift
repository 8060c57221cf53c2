import Foundation
import Testing

@testable import AudioCore

@Suite struct TagTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("  trimmed\u{3000}\u{A0}", "trimmed"), ("cut\0here", "cut"), ("tab\there", "tab here"),
        ("bell\u{7}\u{1B}[31mred", "bell[31mred"), ("c1\u{9B}31m", "c131m"), ("a\u{202E}cba\u{202C}", "acba"),
        ("\u{2066}isolate\u{2069}", "isolate"), ("zero\u{200B}width\u{FEFF}", "zerowidth"),
        ("soft\u{AD}hyphen", "softhyphen"),
        ("e\u{301}", "é"), ("e\u{200D}\u{301}", "é"),
        ("one\r\ntwo\nthree\rfour", "one two three four"),
        ("sep\u{2028}arated\u{2029}", "sep arated"), ("日本語 😀", "日本語 😀"),
    ])
    func `text is cleaned`(text: String, cleaned: String) {
        let found = TagText.clean(text)
        #expect(found.map { Array($0.unicodeScalars) } == Array(cleaned.unicodeScalars))
    }

    @Test(arguments: [0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE, 0xE0001, 0x200F, 0x7F] as [UInt32])
    func `what is no character, or one that is not seen, is removed`(scalar: UInt32) throws {
        var text = String.UnicodeScalarView("ab".unicodeScalars)
        text.append(try #require(Unicode.Scalar(scalar)))
        #expect(TagText.clean(String(text)) == "ab")
    }

    @Test(arguments: ["", "\0", " \t\r\n", "\u{200B}\u{202E}", "\0behind", "\u{1}\u{2}"])
    func `what leaves nothing is absent`(text: String) {
        #expect(TagText.clean(text) == nil)
        #expect(TagText.clean(text, hasLines: true) == nil)
    }

    @Test func `lines stay in comments, ended in one way`() {
        #expect(TagText.clean("\r\none\r\ntwo\rthree\n\u{85}four\n", hasLines: true) == "one\ntwo\nthree\n\nfour")
    }

    @Test func `length is bounded in scalars, after composing`() {
        #expect(TagText.clean(String(repeating: "e\u{301}", count: 2_000))?.unicodeScalars.count == 1_000)
        #expect(TagText.clean(String(repeating: "x", count: 9_000), hasLines: true)?.unicodeScalars.count == 4_000)
        let late = String(repeating: "x", count: 999) + "   behind"
        #expect(TagText.clean(late)?.unicodeScalars.count == 999, "no white space where it was cut")
    }

    @Test func `of combining marks in a row thirty are kept`() {
        let marks = String(repeating: "\u{301}\u{323}", count: 4_000)
        #expect(TagText.clean("q" + marks + "q" + marks)?.unicodeScalars.count == 2 * 31)
    }

    @Test func `cleaning twice changes nothing more`() {
        var random = SplitMix64(seed: 5)
        let odd: [Unicode.Scalar] = [
            "\r", "\n", " ", "e", "\u{301}", "\u{202E}", "\u{1100}", "\u{1161}", "\u{11A8}", "\u{315}", "\u{2028}",
            "\u{212B}",
        ]
        for _ in 0..<500 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                text.append(odd.randomElement(using: &random) ?? " ")
            }
            for hasLines in [false, true] {
                guard let once = TagText.clean(String(text), hasLines: hasLines) else { continue }
                let twice = TagText.clean(once, hasLines: hasLines)
                #expect(twice.map { Array($0.unicodeScalars) } == Array(once.unicodeScalars))
            }
        }
    }

    @Test func `a character cut in two at the end of what is read does not change the encoding`() {
        for lead in 0..<4 {
            let bytes =
                Array(repeating: UInt8(ascii: "x"), count: lead) + Array(String(repeating: "日", count: 6_000).utf8)
            let text = TagInput(bytes).all.text()
            #expect(text.hasSuffix("日") && !text.contains("æ"))
        }
    }

    @Test func `reading stops at its budget`() throws {
        try withFile([UInt8](repeating: 0x41, count: 3 << 20)) { path in
            let all = try TagInput(InputFile(path: path)).all
            var read = 0
            for offset in stride(from: 0, to: 3 << 20, by: 16_384) {
                read += all.bytes(at: offset, count: 16_384).count
            }
            #expect(read == TagInput.mostBytes)
        }
    }

    @Test func `metadata survives JSON, and what is absent is left out`() throws {
        var metadata = AudioMetadata()
        (metadata.title, metadata.bpm) = ("t", 127.98)
        metadata.markers = [CueMarker(frame: 3, length: 4, label: "l", note: "n")]
        metadata.broadcast = BroadcastExtension(version: 2)
        metadata.broadcast?.loudnessRange = 5.12
        let json = try JSONEncoder().encode(metadata)
        #expect(try JSONDecoder().decode(AudioMetadata.self, from: json) == metadata)
        #expect(!String(decoding: json, as: UTF8.self).contains("artist"))
    }

    @Test func `features carry the metadata of their file, and older JSON has none`() throws {
        let bytes = MadeTags.mp3(MadeTags.id3(4, MadeTags.text(4, "TIT2", "t")))
        let features = try withFile(bytes) { try AudioAnalysis.analyze(path: $0) }
        #expect(features.metadata?.title == "t")
        let json = try JSONEncoder().encode(features)
        #expect(try JSONDecoder().decode(AudioFeatures.self, from: json) == features)
        var object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        object["metadata"] = nil
        let old = try JSONSerialization.data(withJSONObject: object)
        #expect(try JSONDecoder().decode(AudioFeatures.self, from: old).metadata == nil)
    }
}
