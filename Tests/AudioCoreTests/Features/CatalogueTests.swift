import Foundation
import Testing

@testable import AudioCore

@Suite struct CatalogueTests {
    @Test func `the page of the JSON lists every key that is written, and no other`() throws {
        var features = try AudioAnalysis.analyze(
            [Float](repeating: 0.5, count: 4096), sampleRate: 44_100,
            options: .init(waveformPoints: 8, similarity: true, fingerprint: true))
        features.file = "name"
        features.embedded = EmbeddedLoopInfo()
        let object = try #require(try json(features) as? [String: Any])
        let sections = try page().components(separatedBy: "\n### Embedded")
        try #require(sections.count == 2)
        #expect(keys(sections[0]) == object.keys.sorted())
    }

    @Test func `the page of the JSON lists every key of what the maker wrote`() throws {
        var info = EmbeddedLoopInfo()
        (info.bpm, info.beats, info.meter) = (120, 4, .init(beats: 4, unit: 4))
        (info.isOneShot, info.rootNote, info.scale) = (false, 57, .minor)
        let object = try #require(try json(info) as? [String: Any])
        #expect(try keys(section("Embedded")) == object.keys.sorted())
    }

    @Test func `the page of the JSON lists every key of what a file says about itself`() throws {
        var metadata = AudioMetadata()
        (metadata.title, metadata.artist, metadata.album, metadata.genre) = ("a", "a", "a", "a")
        (metadata.comment, metadata.date, metadata.copyright, metadata.software) = ("a", "a", "a", "a")
        (metadata.isrc, metadata.bpm, metadata.key) = ("a", 120, "a")
        metadata.markers = [CueMarker(frame: 0, length: 1, label: "a", note: "a")]
        var broadcast = BroadcastExtension(version: 2)
        (broadcast.description, broadcast.originator, broadcast.originatorReference) = ("a", "a", "a")
        (broadcast.originationDate, broadcast.originationTime, broadcast.timeReference) = ("a", "a", 1)
        (broadcast.loudness, broadcast.loudnessRange, broadcast.truePeak) = (-23, 5, -1)
        (broadcast.momentaryMaximum, broadcast.shortTermMaximum, broadcast.codingHistory) = (-20, -21, "a")
        metadata.broadcast = broadcast
        let object = try #require(try json(metadata) as? [String: Any])
        #expect(try keys(section("Metadata")) == object.keys.sorted())
        let markers = try #require(object["markers"] as? [[String: Any]])
        #expect(try keys(section("Markers")) == markers[0].keys.sorted())
        #expect(try keys(section("Broadcast")) == #require(object["broadcast"] as? [String: Any]).keys.sorted())
    }

    /// What stands under a heading of the page.
    private func section(_ name: String) throws -> String {
        let behind = try #require(page().components(separatedBy: "\n### \(name)\n").dropFirst().first)
        return behind.components(separatedBy: "\n### ")[0]
    }

    /// Names in the first column of all tables, sorted.
    private func keys(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
            row.dropFirst(2).prefix { $0 != "|" }.split(separator: ",").map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
            }
        }.sorted()
    }

    private func json(_ value: some Encodable) throws -> Any {
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    }

    private func page() throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
            .standardizedFileURL
        return try String(
            contentsOf: folder.appending(path: "Sources/AudioCore/AudioCore.docc/TheJSON.md"), encoding: .utf8)
    }
}
