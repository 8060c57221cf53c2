import AudioCore
import Foundation
import StorageTestKit
import Testing

/// `waxwing export` for the IMPORT folder.
@Suite struct ExportImportTests {
    private let card: TestCard

    init() throws { card = try TestCard() }

    @Test func `sounds are sorted by tempo`() async throws {
        let fast = try card.folder.write(Sound.kicks(bpm: 128, seconds: 3.75), to: "Loops/fast.wav")
        let slow = try card.folder.write(Sound.kicks(bpm: 100, seconds: 4.8), to: "Loops/slow.wav")
        let hit = try card.folder.write(Sound.kicks(seconds: 0.3), to: "Loops/hit.wav")
        let result = try await Program.run(
            "export", fast, slow, hit, "--device", "import", "--layout", "tempo", "--name", "Set", "-o", card.path)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(
            card.files("\(card.path)/IMPORT/Set") == ["110-130/fast.wav", "90-110/slow.wav", "no_tempo/hit.wav"])
        let written = try AudioFile(path: "\(card.path)/IMPORT/Set/no_tempo/hit.wav").stream
        #expect(written.sampleRate == 48_000 && written.channels == 1)
    }

    @Test func `sounds are sorted by what they are for, as an analysis tells it`() async throws {
        let hit = try card.folder.write(Sound.kicks(seconds: 0.3), to: "Loops/hit.wav")
        let loop = try card.folder.write(Sound.kicks(), to: "Loops/loop.wav")
        let result = try await Program.run(
            "export", "\(card.folder.path)/Loops", "--device", "import", "--layout", "role", "-o", card.path)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let expected = try [hit, loop].map { path in
            let role = try AudioAnalysis.analyze(path: path).role?.role
            return "\(role?.rawValue ?? "no_role")/\((path as NSString).lastPathComponent)"
        }
        #expect(card.files("\(card.path)/IMPORT/Loops") == expected.sorted())
    }

    @Test func `sounds are put into banks, and what comes after the tenth is named`() async throws {
        let sound = Sound.kicks(seconds: 0.2)
        for number in 100..<261 { _ = try card.folder.write(sound, to: "Many/\(number).wav") }
        let result = try await Program.run(
            "export", "\(card.folder.path)/Many", "--device", "import", "--layout", "bank", "-o", card.path)
        #expect(result.status == 1)
        #expect(result.errors.contains("260.wav' stays off the card") && !result.errors.contains("259.wav"))
        let written = card.files("\(card.path)/IMPORT/Many")
        #expect(written.count == 160)
        #expect(written.first == "A/01_100.wav" && written.last == "J/16_259.wav")
    }

    @Test func `files are AIFF if that is asked for`() async throws {
        _ = try card.folder.write(Sound.kicks(seconds: 0.5), to: "Loops/b.wav")
        _ = try card.folder.write(Sound.kicks(seconds: 0.5, channels: 2), to: "Loops/a.wav")
        let result = try await Program.run(
            "export", "\(card.folder.path)/Loops", "--device", "import", "--format", "aiff", "-o", card.path)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(card.files("\(card.path)/IMPORT/Loops") == ["a.aif", "b.aif"])
        let written = try card.bytes("\(card.path)/IMPORT/Loops/b.aif")
        #expect(written.starts(with: Array("FORM".utf8)) && Array(written[8..<12]) == Array("AIFF".utf8))
        #expect(try AudioFile(path: "\(card.path)/IMPORT/Loops/a.aif").stream.channels == 2)
    }

    @Test func `a kit becomes files named by their pads`() async throws {
        let kit = try card.kit(card.pad("A1"), card.pad("A13"))
        let result = try await Program.run("export", kit, "--device", "import", "-o", card.path)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(card.files("\(card.path)/IMPORT/Night") == ["pad_01_kick.wav", "pad_13_kick.wav"])
    }
}
