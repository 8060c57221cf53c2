import AudioCore
import Foundation
import StorageTestKit
import Testing

/// `waxwing sp404` on the card of an SP-404SX.
@Suite struct SXCommandTests {
    private let folder: TemporaryFolder
    private let card: String
    /// With `SMPL`.
    private let sampler: String

    /// A card with pads A1 and J12, made as `export` makes it.
    init() throws {
        folder = try TemporaryFolder()
        card = "\(folder.path)/card"
        sampler = "\(card)/ROLAND/SP-404SX"
        let sound = try folder.write(Sound.kicks(seconds: 0.5), to: "kick.wav")
        var last = KitPad(PadAddress.allOnSX[119], sample: sound)
        (last.level, last.reverse) = (100, true)
        let kit = Kit(name: "Night", bpm: 92.5, pads: [KitPad(PadAddress.allOnSX[0], sample: sound), last])
        let plan = try SXCardPlan(kit, from: folder.path)
        let target = "\(card)/\(plan.folder)"
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        var samples: [Int: CardSample] = [:]
        for index in plan.items.indices { samples[index] = try plan.convert(index, in: target) }
        try plan.complete(samples, in: target)
        try FileManager.default.createDirectory(atPath: "\(sampler)/PTN", withIntermediateDirectories: true)
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: "\(sampler)/PTN/PTN00001.BIN"))
    }

    @Test func `inspect shows the pads, from the card and from its folder`() async throws {
        for path in [card, sampler] {
            let result = try await Program.run("sp404", "inspect", path)
            #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
            #expect(result.output.hasPrefix("SP-404SX, 2 of 120 pads\n"))
            #expect(result.output.contains("\nA1   SMPL/A0000001.WAV"))
            #expect(result.output.contains("\nJ12  SMPL/J0000012.WAV"))
            #expect(result.output.contains("\nOther files\n     PTN/PTN00001.BIN\n"))
        }
    }

    @Test func `inspect tells every number as JSON`() async throws {
        let result = try await Program.run("sp404", "inspect", card, "--json")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(object["device"] as? String == "sp404sx")
        #expect(object["other_files"] as? [String] == ["PTN/PTN00001.BIN"])
        let pads = try #require(object["pads"] as? [[String: Any]])
        #expect(pads.compactMap { $0["pad"] as? String } == ["A1", "J12"])
        #expect(pads.compactMap { $0["frames"] as? Int } == [22_050, 22_050])
        let record = try #require(pads.last?["record"] as? [String: Any])
        #expect(record["volume"] as? Int == 100 && record["reverse"] as? Int == 1)
        #expect(record["original_start"] as? Int == 512 && record["user_end"] as? Int == 44_612)
        #expect(record["user_tempo"] as? Int == 925)
    }

    @Test func `what is wrong with the card is told, with exit code 1`() async throws {
        try FileManager.default.removeItem(atPath: "\(sampler)/SMPL/J0000012.WAV")
        let result = try await Program.run("sp404", "inspect", card)
        #expect(result.status == 1)
        #expect(result.output.contains("\nProblems\n") && result.output.contains("J12: its sample file is missing"))
        #expect(result.output.contains("\nA1   SMPL/A0000001.WAV"))
    }

    @Test func `extract writes the samples and a kit that plays them`() async throws {
        let out = "\(folder.path)/out"
        let result = try await Program.run("sp404", "extract", card, "-o", out)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.contains("2 pads as files and kit.json"))
        #expect(names(out) == ["A0000001.WAV", "J0000012.WAV", "kit.json"])
        let kit = try Kit(path: "\(out)/kit.json")
        #expect(kit.pads.map(\.sample) == ["A0000001.WAV", "J0000012.WAV"])
        #expect(kit.pads.map(\.level) == [127, 100] && kit.pads.map(\.reverse) == [false, true])
        #expect(try await Program.run("kit", "check", "\(out)/kit.json").status == 0)
    }

    @Test func `rebuilding gives the same files, and nothing is replaced without being asked to`() async throws {
        let copy = "\(folder.path)/copy"
        let result = try await Program.run("sp404", "rebuild", card, "-o", copy)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.contains("written from values"))
        for name in ["SMPL/PAD_INFO.BIN", "SMPL/A0000001.WAV", "SMPL/J0000012.WAV", "PTN/PTN00001.BIN"] {
            #expect(
                FileManager.default.contentsEqual(atPath: "\(copy)/\(name)", andPath: "\(sampler)/\(name)"), "\(name)")
        }
        #expect(names("\(copy)/SMPL").count == 3)
        let again = try await Program.run("sp404", "rebuild", card, "-o", copy)
        #expect(again.status == 1 && again.errors.contains("exists"))
        let replaced = try await Program.run("sp404", "rebuild", card, "-o", copy, "--replace")
        #expect(replaced.status == 0 && names(folder.path).contains("BACKUP1-copy"))
    }

    @Test func `patterns of an SP-404SX are no MIDI files`() async throws {
        let out = "\(folder.path)/midi"
        let result = try await Program.run("sp404", "midi", card, "-o", out)
        #expect(result.status == 1 && result.errors.contains("patterns of an SP-404SX are not read"))
        #expect(!FileManager.default.fileExists(atPath: out))
    }

    private func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
