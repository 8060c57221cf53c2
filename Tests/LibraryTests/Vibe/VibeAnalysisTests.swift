import Storage
import Testing

@testable import AudioCore
@testable import SampleLibrary

@Suite struct VibeAnalysisTests {
    @Test func `words of a model are kept with their sample, and found in lists too`() async throws {
        let shelf = try await Shelf()
        let words = try #require(VibeWords(vibe: "Late night.", genre: "techno", tags: ["dark", "loop"]))
        let plain = shelf.item(features: .rich)
        let item = AnalyzedSample(
            sample: plain.sample, features: plain.features,
            vibe: VibeAnalysis(words, by: "qwen/qwen3-7b", costMicroUSD: 123))
        try await shelf.insert(item)
        let found = try #require(try await shelf.find(item.sample.id, of: shelf.owner))
        #expect(found == item && found.described.source == .model)
        #expect(try await shelf.list(of: shelf.owner, PageRequest()).items.first?.vibe == item.vibe)
    }

    @Test func `a sample nobody asked a model about is described by rules`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item(features: .rich)
        try await shelf.insert(item)
        let found = try #require(try await shelf.find(item.sample.id, of: shelf.owner))
        #expect(found.vibe == nil)
        #expect(found.described.source == .features && found.described.model == nil)
        #expect(found.described.tags == SoundDescription(.rich).tags)
    }

    @Test func `what is untidy is tidied`() throws {
        let words = try #require(
            VibeWords(
                vibe: "  A\u{0}\tdark\r\n\u{202E}loop\u{200B}.  ", genre: " Drum\u{7} & Bass ",
                tags: ["DARK ", "dark", "Lo-Fi", "90s\u{0}"]))
        #expect(words.vibe == "A dark loop." && words.genre == "Drum & Bass")
        #expect(words.tags == ["dark", "lo-fi", "90s"])
    }

    @Test(
        arguments: [
            ("", nil, ["a"]), ("\u{0}\u{200B}", nil, ["a"]), (String(repeating: "x", count: 401), nil, ["a"]),
            ("ok", String(repeating: "g", count: 41), ["a"]), ("ok", nil, []),
            ("ok", nil, Array(repeating: "a", count: 13)), ("ok", nil, [""]),
            ("ok", nil, [String(repeating: "t", count: 33)]),
            ("ok", nil, ["<script>"]), ("ok", nil, ["http://x"]), ("ok", nil, ["a", "b;c"]),
            // A few characters, and many bytes.
            ("e" + String(repeating: "\u{301}", count: 5_000), nil, ["a"]),
            ("ok", nil, ["e" + String(repeating: "\u{301}", count: 5_000)]),
        ] as [(String, String?, [String])])
    func `what does not fit is refused`(vibe: String, genre: String?, tags: [String]) {
        #expect(VibeWords(vibe: vibe, genre: genre, tags: tags) == nil)
    }

    @Test func `the genre is the file's own, where it is short enough`() {
        var features = AudioFeatures.rich
        features.metadata = AudioMetadata()
        features.metadata?.genre = "Electro\u{0}nic"
        #expect(VibeAnalysis(features).genre == "Electro nic")
        features.metadata?.genre = String(repeating: "x", count: 41)
        #expect(VibeAnalysis(features).genre == nil)
    }

    @Test func `a description that this release cannot read is told by rules`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item(features: .rich)
        try await shelf.insert(item)
        try await shelf.database.write { session in
            _ = try session.execute(
                "UPDATE audio_features SET ai_analysis_json = \(#"{"vibe": "x", "source": "oracle"}"#)")
        }
        #expect(try await shelf.find(item.sample.id, of: shelf.owner)?.described.source == .features)
    }

    @Test func `what is kept is read as it was, whoever said it`() throws {
        let words = try #require(VibeWords(vibe: "Late \"night\" / é.", genre: "techno", tags: ["dark", "loop"]))
        let all =
            [VibeAnalysis(words, by: "qwen/qwen3-7b", costMicroUSD: .max >> 11), VibeAnalysis(.rich)]
            + VibeAnalysis.Shortfall.allCases.map { VibeAnalysis(.rich, insteadOf: $0, costMicroUSD: 7) }
        for vibe in all { #expect(try VibeAnalysis(kept: JSONText.encode(vibe)) == vibe) }
    }

    @Test(arguments: [
        "", "[]", #"{"vibe":"x","tags":[],"source":"features"}"#,
        #"{"vibe":"x","tags":[],"source":"oracle","costMicroUSD":0}"#,
        #"{"vibe":"x","tags":[1],"source":"features","costMicroUSD":0}"#,
        #"{"vibe":"x","tags":[],"source":"features","costMicroUSD":0.5}"#,
        #"{"vibe":"x","tags":[],"source":"features","costMicroUSD":0,"shortfall":"moon"}"#,
        #"{"vibe":"x","vibe":"y","tags":[],"source":"features","costMicroUSD":0}"#,
    ])
    func `what is none is not taken for one`(text: String) {
        #expect(VibeAnalysis(kept: text) == nil)
    }
}
