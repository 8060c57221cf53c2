import Testing

@testable import AudioCore

@Suite struct ImportNameTests {
    @Test(arguments: [
        ("Kick 01", "Kick_01"), ("Übergröße", "Ubergrosse"), ("Sørensen", "Sorensen"), ("ŁÓDŹ", "LODZ"),
        ("đĐıæÆœ", "dDiaeAEoe"), ("Ｋｉｃｋ①", "Kick1"), ("ﬁlter", "filter"), ("e\u{301}te\u{301}", "ete"),
        ("٣٤ beat", "34_beat"), ("C♯ minor – pad", "C#_minor_-_pad"), ("1️⃣ kick", "1_kick"),
        ("🥁 kick 🥁", "kick"), ("a🥁🥁b", "a_b"), ("👩‍👩‍👧 vox", "vox"), ("日本語", "sample"), ("日本 kick", "kick"),
        ("‮kick‬", "kick"), ("קיק 808", "808"), ("a\nb\tc\u{0}d\u{7F}", "a_b_c_d"), ("..", "sample"), ("...a...", "a"),
        (".hidden", "hidden"), ("../../etc/passwd", "etc_passwd"), ("a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j"),
        ("", "sample"), ("   ", "sample"), ("a ", "a"), ("_a_", "_a_"), ("a__b", "a__b"), ("a _ b", "a_b"),
        ("con", "_con"), ("NUL.x", "_NUL.x"), ("com1", "_com1"), ("COM¹", "_COM1"), ("LPT0", "_LPT0"), ("COM", "COM"),
        ("COM10", "COM10"), ("console", "console"), ("snare(+3dB)[a]&'b'", "snare(+3dB)[a]&'b'"),
        ("12345678901234567890123456", "12345678901234567890123"),
        ("1234567890123456789012.4", "1234567890123456789012"),
    ])
    func `a name is said in ASCII that a card takes`(text: String, name: String) {
        #expect(DeviceName.name(text) == name)
    }

    @Test func `a name that is not said in ASCII at all has one that is given for it`() {
        #expect(DeviceName.name("鼓", or: "kit") == "kit")
        #expect(DeviceName.name("Kick and snare", length: 6) == "Kick_a")
    }

    @Test func `the first of a name keeps it, and the others are numbered past names that others have`() {
        #expect(
            names(["kick", "KICK", "kick_2", "Kick", "kick_2"]) == ["kick", "KICK_3", "kick_2", "Kick_4", "kick_2_2"])
        #expect(names(["a", "b"]) == ["a", "b"] && names([]) == [])
        let two = UniqueNames.names(for: [("x", "a"), ("y", "a"), ("X", "A")])
        #expect(two == ["a", "a", "A_2"])
    }

    @Test func `a number fits behind a name that is as long as it may be`() {
        let long = String(repeating: "k", count: 23)
        let given = names(Array(repeating: long, count: 120))
        #expect(given[0] == long)
        #expect(given[1] == String(repeating: "k", count: 21) + "_2")
        #expect(given[9] == String(repeating: "k", count: 20) + "_10")
        #expect(given[119] == String(repeating: "k", count: 19) + "_120")
    }

    @Test func `many equal names, and many that meet after cutting, are told apart`() {
        let equal = names(Array(repeating: "loop", count: 10_000))
        #expect(equal[9_999] == "loop_10000" && Set(equal).count == 10_000)
        // Each twice, alike in their first 19 characters: every number meets those of all others.
        let start = String(repeating: "x", count: 19)
        let meeting = names((0..<20_000).map { "\(start)\(1_000 + $0 / 2 % 9_000)" })
        check(meeting)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `any texts give names that are short, plain, unique and always the same`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let ranges: [ClosedRange<UInt32>] = [
            0...0x2F, 0x41...0x43, 0x61...0x63, 0x300...0x30A, 0xC0...0x17F, 0x590...0x5FF, 0x200B...0x202E,
            0x3040...0x3060, 0xFF00...0xFF20, 0x1F600...0x1F610, 0xE000...0xE003, 0xFFFD...0xFFFF,
        ]
        let texts = (0..<2_000).map { _ in
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                let range = ranges[Int.random(in: 0..<ranges.count, using: &random)]
                if let scalar = UnicodeScalar(UInt32.random(in: range, using: &random)) { text.append(scalar) }
            }
            return String(text)
        }
        let given = names(texts.map { DeviceName.name($0) })
        check(given)
        #expect(names(texts.map { DeviceName.name($0) }) == given)
        // What is a name already stays as it is.
        #expect(given.allSatisfy { DeviceName.name($0) == $0 })
    }

    private func names(_ names: [String]) -> [String] { UniqueNames.names(for: names.map { ("", $0) }) }

    private func check(_ names: [String]) {
        #expect(Set(names.map { $0.lowercased() }).count == names.count)
        #expect(names.allSatisfy { (1...23).contains($0.utf8.count) })
        let refused = Set(#" "*/:<>?\|"#.utf8)
        #expect(names.allSatisfy { $0.utf8.allSatisfy { (0x21...0x7E).contains($0) && !refused.contains($0) } })
        #expect(names.allSatisfy { !$0.hasPrefix(".") && !$0.hasSuffix(".") })
    }
}
