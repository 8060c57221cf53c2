import Foundation
import StorageTestKit
import Testing

/// `waxwing export` for an SP-404SX.
@Suite struct ExportSXTests {
    private let card: TestCard

    init() throws { card = try TestCard() }

    @Test func `a kit becomes the files of an SP-404SX`() async throws {
        let kit = try card.kit(#"{"pad": "A1", "sample": "kick.wav", "level": 100}"#, card.pad("B12"))
        let result = try await Program.run("export", kit, "--device", "sp404sx", "-o", card.path)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let samples = "\(card.path)/ROLAND/SP-404SX/SMPL"
        #expect(card.names(samples) == ["A0000001.WAV", "B0000012.WAV", "PAD_INFO.BIN"])
        // Half a second of 44.1 kHz, mono, behind 512 bytes.
        let wave = try card.bytes("\(samples)/A0000001.WAV")
        #expect(wave.count == 512 + 44_100 && wave.starts(with: Array("RIFF".utf8)))
        let information = try card.bytes("\(samples)/PAD_INFO.BIN")
        #expect(information.count == 120 * 32)
        #expect(information[16] == 100 && information[32 * 23 + 16] == 127)
        let end: [UInt8] = [0x00, 0x00, 0xAE, 0x44]
        #expect(Array(information[4..<8]) == end && Array(information[32 * 23 + 4..<32 * 23 + 8]) == end)
        #expect(Array(information[32 + 4..<32 + 8]) == [0x00, 0x00, 0x02, 0x00])
    }

    @Test func `pads that an SP-404SX does not have are named, and the exit code tells`() async throws {
        let kit = try card.kit(card.pad("A1"), card.pad("A13"), card.pad("J16"))
        let result = try await Program.run("export", kit, "--device", "sp404sx", "-o", card.path)
        #expect(result.status == 1)
        #expect(result.errors.contains("A13: an SP-404SX has 12 pads a bank"))
        #expect(result.errors.contains("J16: an SP-404SX has 12 pads a bank"))
        #expect(!result.errors.contains("A1: "))
        #expect(card.names("\(card.path)/ROLAND/SP-404SX/SMPL") == ["A0000001.WAV", "PAD_INFO.BIN"])
    }

    @Test func `loose sounds take the twelve pads of each bank, and the report is JSON`() async throws {
        for number in 10..<23 {
            _ = try card.folder.write(Sound.kicks(seconds: 0.5), to: "Loops/\(number).wav")
        }
        let result = try await Program.run(
            "export", "\(card.folder.path)/Loops", "--device", "sp404sx", "--place", "import", "-o", card.path, "--json"
        )
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(report["written"] as? Bool == true && report["name"] as? String == "Loops")
        #expect((report["folder"] as? String)?.hasSuffix("/card/IMPORT/SP-404SX/SMPL") == true)
        let items = try #require(report["items"] as? [[String: Any]])
        #expect(items.compactMap { $0["pad"] as? String } == (1...12).map { "A\($0)" } + ["B1"])
        #expect(items.compactMap { $0["frames"] as? Int } == Array(repeating: 22_050, count: 13))
        #expect(card.names("\(card.path)/IMPORT/SP-404SX/SMPL").count == 14)
        let elsewhere = try await Program.run(
            "export", "\(card.folder.path)/Loops", "--device", "sp404sx", "--place", "export", "-o", card.path)
        #expect(elsewhere.status != 0 && card.names(card.path) == ["IMPORT"])
    }
}
