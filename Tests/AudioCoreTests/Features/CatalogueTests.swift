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
        #expect(keys(sections[0]).sorted() == object.keys.sorted())
    }

    @Test func `the page of the JSON lists every key of what the maker wrote`() throws {
        var info = EmbeddedLoopInfo()
        (info.bpm, info.beats, info.meter) = (120, 4, .init(beats: 4, unit: 4))
        (info.isOneShot, info.rootNote, info.scale) = (false, 57, .minor)
        let object = try #require(try json(info) as? [String: Any])
        #expect(
            keys(try #require(page().components(separatedBy: "\n### Embedded").last)).sorted() == object.keys.sorted())
    }

    /// Names in the first column of all tables.
    private func keys(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
            row.dropFirst(2).prefix { $0 != "|" }.split(separator: ",").map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
            }
        }
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
