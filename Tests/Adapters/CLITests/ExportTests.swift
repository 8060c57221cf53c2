import AudioCore
import Foundation
import StorageTestKit
import Testing

@Suite struct ExportTests {
    private func json(_ result: Program.Result) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    /// An empty folder that stands for a card.
    private func card(in folder: TemporaryFolder) throws -> String {
        let path = "\(folder.path)/card"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }

    private func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    @Test func `sounds go on pads in their order`() async throws {
        let folder = try TemporaryFolder()
        let card = try card(in: folder)
        _ = try folder.write(Sound.kicks(seconds: 0.5), to: "Loops/b.wav")
        _ = try folder.write(Sound.kicks(seconds: 0.5, channels: 2), to: "Loops/a.wav")
        let result = try await Program.run("export", "\(folder.path)/Loops", "--bpm", "92.5", "-o", card, "--json")
        #expect(result.status == 0 && result.errors.isEmpty)
        let report = try json(result)
        #expect(report["name"] as? String == "Loops" && report["bpm"] as? Double == 92.5)
        #expect(report["written"] as? Bool == true)
        let items = try #require(report["items"] as? [[String: Any]])
        #expect(items.compactMap { $0["pad"] as? String } == ["A1", "A2"])
        #expect(items.compactMap { $0["frames"] as? Int } == [24_000, 24_000])
        let project = "\(card)/EXPORT/PROJECT/PROJECT_01"
        #expect(names(project) == ["PADCONF.BIN", "PTN", "SMPL"])
        #expect(names("\(project)/SMPL") == ["BANK1-01.SMP", "BANK1-02.SMP"])
        let sizes = try names("\(project)/SMPL").map {
            try Data(contentsOf: URL(fileURLWithPath: "\(project)/SMPL/\($0)")).count
        }
        #expect(sizes == [96_512, 48_512])
    }

    @Test func `a kit is written where it says, and its samples are beside it`() async throws {
        let folder = try TemporaryFolder()
        let card = try card(in: folder)
        _ = try folder.write(Sound.kicks(seconds: 0.5), to: "kit/kick.wav")
        let text = #"{"name": "Night", "bpm": 90, "pads": [{"pad": "J16", "sample": "kick.wav"}]}"#
        let kit = try folder.write(Array(text.utf8), to: "kit/kit.json")
        let result = try await Program.run("export", kit, "-o", card, "--project", "16", "--place", "roland")
        #expect(result.status == 0 && result.output.contains("Night, 90 BPM: 1 sound"))
        #expect(names("\(card)/ROLAND/SP-404MKII/PROJECT_16/SMPL") == ["BANK10-16.SMP"])
    }

    @Test func `what is there is replaced only if asked, and kept`() async throws {
        let folder = try TemporaryFolder()
        let card = try card(in: folder)
        let sound = try folder.write(Sound.kicks(seconds: 0.5), to: "a.wav")
        #expect(try await Program.run("export", sound, "-o", card).status == 0)
        let again = try await Program.run("export", sound, "-o", card)
        #expect(again.status == 1 && again.errors.contains("PROJECT_01' exists") && again.errors.contains("--replace"))
        let replaced = try await Program.run("export", sound, "-o", card, "--replace")
        #expect(replaced.status == 0 && replaced.output.contains("BACKUP1-PROJECT_01"))
        #expect(names("\(card)/EXPORT/PROJECT") == ["BACKUP1-PROJECT_01", "PROJECT_01"])
    }

    @Test func `a dry run tells all and writes nothing`() async throws {
        let folder = try TemporaryFolder()
        let card = try card(in: folder)
        let sound = try folder.write(Sound.kicks(seconds: 0.5), to: "a.wav")
        let short = try folder.write(Sound.kicks(seconds: 0.05), to: "short.wav")
        let result = try await Program.run("export", sound, short, "-o", card, "--dry-run")
        #expect(result.status == 1)
        #expect(result.output.contains("SMPL/BANK1-01.SMP") && result.output.contains("left out"))
        #expect(result.errors.contains("short.wav' is shorter than 0.1 s (49 ms): lengthen it"))
        let lengthened = try await Program.run("export", sound, short, "-o", card, "--dry-run", "--lengthen")
        #expect(lengthened.status == 0 && lengthened.errors.isEmpty)
        #expect(names(card).isEmpty)
    }

    @Test func `a sound that fails is named with its reason, the others go on`() async throws {
        let folder = try TemporaryFolder()
        let card = try card(in: folder)
        let bad = try folder.write(Array("this is no audio".utf8), to: "bad.wav")
        let good = try folder.write(Sound.kicks(seconds: 0.5), to: "good.wav")
        let result = try await Program.run("export", bad, good, "-o", card)
        #expect(result.status == 1 && result.errors.contains("bad.wav'") && result.errors.contains("A1: "))
        #expect(names("\(card)/EXPORT/PROJECT/PROJECT_01/SMPL") == ["BANK1-02.SMP"])
        let none = try await Program.run("export", bad, "-o", card, "--project", "2")
        #expect(none.status == 1 && none.errors.contains("nothing was written"))
        #expect(names("\(card)/EXPORT/PROJECT") == ["PROJECT_01"])
    }

    @Test func `all that is wrong with a kit is told, and nothing is written`() async throws {
        let folder = try TemporaryFolder()
        let card = try card(in: folder)
        let text = #"{"name": "", "bpm": 90, "pads": [{"pad": "A1", "sample": "a.wav", "level": 128}]}"#
        let kit = try folder.write(Array(text.utf8), to: "kit.json")
        let result = try await Program.run("export", kit, "-o", card)
        #expect(result.status == 1)
        #expect(
            result.errors.contains("the name does not fit") && result.errors.contains("A1: level 128: use 0 to 127"))
        #expect(names(card).isEmpty)
    }

    @Test func `more sounds than pads are counted`() async throws {
        let folder = try TemporaryFolder()
        let card = try card(in: folder)
        for number in 0..<161 { _ = try folder.write(Array("RIFF".utf8), to: "many/\(number).wav") }
        let result = try await Program.run("export", "\(folder.path)/many", "-o", card)
        #expect(result.status != 0 && result.errors.contains("161 sounds, and there are 160 pads"))
    }

    @Test func `a card that is not there is made and told, but no folders above it`() async throws {
        let folder = try TemporaryFolder()
        let sound = try folder.write(Sound.kicks(seconds: 0.5), to: "a.wav")
        let missing = try await Program.run("export", sound, "-o", "\(folder.path)/none/card")
        #expect(missing.status == 1 && missing.errors.contains("it is not there"))
        let plan = try await Program.run("export", sound, "-o", "\(folder.path)/card", "--dry-run")
        #expect(plan.status == 0 && names(folder.path) == ["a.wav"])
        let made = try await Program.run("export", sound, "-o", "\(folder.path)/card")
        #expect(made.status == 0 && made.output.contains("is a new folder of this disk"))
        try FileManager.default.removeItem(atPath: "\(folder.path)/card")
        let file = try await Program.run("export", sound, "-o", sound)
        #expect(file.status == 1 && file.errors.contains("it is no folder"))
        #expect(names(folder.path) == ["a.wav"])
    }

    @Test(arguments: [
        ["--project", "0"], ["--project", "17"], ["--bpm", "39"], ["--bpm", "nan"], ["--place", "home"],
        ["--device", "toaster"], ["--jobs", "0"],
    ])
    func `nonsense options are errors`(options: [String]) async throws {
        let folder = try TemporaryFolder()
        let card = try card(in: folder)
        let sound = try folder.write(Sound.kicks(seconds: 0.5), to: "a.wav")
        #expect(try await Program.run(["export", sound, "-o", card] + options).status != 0)
        #expect(names(card).isEmpty)
    }
}
