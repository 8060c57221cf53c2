import AudioCore
import Foundation
import StorageTestKit
import Testing

@Suite struct SP404Tests {
    @Test func `inspect shows pads and draws patterns`() async throws {
        let project = try SP404Project()
        let result = try await Program.run("sp404", "inspect", project.path, "--patterns")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.hasPrefix("Night Bus, version 3, 92.50 BPM for all banks, 2 of 160 pads\n"))
        #expect(result.output.contains("\nA1   Kicks"))
        #expect(result.output.contains("\nB13  Low"))
        #expect(result.output.contains("Pattern A1: 1 bar of 4/4, 1 strike\n     1\nA1  |X...............|\n"))
    }

    @Test func `JSON has every field by name`() async throws {
        let project = try SP404Project()
        let result = try await Program.run("sp404", "inspect", project.path, "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(object["bpm"] as? Double == 92.5 && object["version"] as? Int == 3)
        let pads = try #require(object["pads"] as? [[String: Any]])
        #expect(pads.count == 160 && pads[28]["pad"] as? String == "B13")
        for field in PadRecord.Field.allCases {
            let words = try #require(pads[28]["words"] as? [Int])
            let word = try #require(UInt32(exactly: words[field.rawValue]))
            #expect(pads[28][field.name] as? Int == Int(Int32(bitPattern: word)), "\(field.name)")
        }
        #expect(pads[28]["level"] as? Int == 99 && pads[28]["loop_start"] as? Int == 512)
        let patterns = try #require(object["patterns"] as? [[String: Any]])
        #expect((patterns.first?["events"] as? [[String: Any]])?.first?["kind"] as? String == "strike")
    }

    @Test func `all problems are told, with exit code 1`() async throws {
        let project = try SP404Project()
        try FileManager.default.removeItem(atPath: "\(project.path)/SMPL/BANK1-01.SMP")
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: "\(project.path)/PTN/PTN00002.BIN"))
        let result = try await Program.run("sp404", "inspect", project.path)
        #expect(result.status == 1)
        #expect(result.output.contains("error: SMPL/BANK1-01.SMP: A1: the file is missing"))
        #expect(result.output.contains("error: PTN/PTN00002.BIN: A2: "))
        #expect(result.output.contains("\nB13  Low"))
    }

    @Test func `rebuilding gives the same files, and nothing is replaced without being asked to`() async throws {
        let project = try SP404Project()
        let copy = "\(project.folder.path)/copy"
        let result = try await Program.run("sp404", "rebuild", project.path, "-o", copy)
        #expect(result.status == 0 && result.output.contains("4 files written from values, 1 copied"))
        let names = ["PADCONF.BIN", "SMPL/BANK1-01.SMP", "SMPL/BANK2-13.SMP", "PTN/PTN00001.BIN", "notes.txt"]
        for name in names {
            #expect(FileManager.default.contentsEqual(atPath: "\(copy)/\(name)", andPath: "\(project.path)/\(name)"))
        }
        let again = try await Program.run("sp404", "rebuild", project.path, "-o", copy)
        #expect(again.status == 1 && again.errors.contains("exists"))
        let replaced = try await Program.run("sp404", "rebuild", project.path, "-o", copy, "--replace")
        #expect(replaced.status == 0 && replaced.output.contains("BACKUP1-copy"))
    }

    @Test func `extract writes sounds and a kit, midi a file for each pattern`() async throws {
        let project = try SP404Project()
        let out = "\(project.folder.path)/out"
        let result = try await Program.run("sp404", "extract", project.path, "-o", out)
        #expect(result.status == 0 && result.output.contains("2 WAV files and kit.json"))
        #expect(try Kit(path: "\(out)/kit.json").pads.map(\.sample) == ["Kicks.wav", "Low.wav"])
        #expect(try AudioFile(path: "\(out)/Low.wav").stream.sampleRate == 48_000)
        let midi = "\(project.folder.path)/midi"
        #expect(try await Program.run("sp404", "midi", project.path, "-o", midi).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(midi)/A1.mid")).starts(with: Data("MThd".utf8)))
    }

    @Test func `a card with several projects lists them`() async throws {
        let project = try SP404Project()
        try FileManager.default.copyItem(atPath: project.path, toPath: "\(project.folder.path)/PROJECT_02")
        let result = try await Program.run("sp404", "inspect", project.folder.path)
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.errors.contains("2 projects") && result.errors.contains("/PROJECT_02"))
        let none = try await Program.run("sp404", "inspect", "\(project.path)/SMPL")
        #expect(none.status == 1 && none.errors.contains("PADCONF.BIN"))
    }
}

/// A project of two pads and a pattern, made as a card is.
private struct SP404Project {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        let sound = try folder.write(Sound.kicks(seconds: 1), to: "sounds/Kicks.wav")
        path = "\(folder.path)/PROJECT_01"
        var low = KitPad(PadAddress.all[28], sample: sound)
        (low.name, low.level, low.pitch) = ("Low", 99, -5)
        let kit = Kit(name: "Night Bus", bpm: 92.5, pads: [KitPad(PadAddress.all[0], sample: sound), low])
        let plan = try ProjectPlan(kit, from: folder.path, number: 1)
        for name in ["SMPL", "PTN"] {
            try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        }
        var samples: [Int: CardSample] = [:]
        for index in plan.items.indices { samples[index] = try plan.convert(index, in: path) }
        try plan.complete(samples, in: path)
        let pause: [UInt8] = [240, 0x80, 0, 0, 0, 0, 0, 0]
        let strike: [UInt8] = [240, 0x2F, 0, 0x8D, 127, 64, 0x78, 0]
        let end: [UInt8] = [0, 0x8C, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
        let pattern = strike + Array(repeating: pause, count: 7).flatMap { $0 } + end
        _ = try folder.write(pattern, to: "PROJECT_01/PTN/PTN00001.BIN")
        _ = try folder.write([1, 2, 3], to: "PROJECT_01/notes.txt")
    }
}
