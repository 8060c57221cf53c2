import Foundation
import StorageTestKit
import Testing

@Suite struct KitTests {
    @Test func `a kit is built, shown and checked`() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Sound.kicks(), to: "sounds/beat.wav")
        _ = try folder.write(Sound.kicks(seconds: 0.3), to: "sounds/hit.wav")
        let file = "\(folder.path)/kit.json"
        let built = try await Program.run("kit", "build", "\(folder.path)/sounds", "-o", file)
        #expect(built.status == 0 && built.errors.isEmpty && built.output.contains("of 2 sounds"))
        #expect(built.output.contains("empty, no snare"))
        let kit = try object(try Data(contentsOf: URL(fileURLWithPath: file)))
        let pads = try #require(kit["pads"] as? [[String: Any]])
        #expect(kit["name"] as? String == "sounds" && !pads.isEmpty)
        // Below the kit's folder, so that both can be moved together.
        #expect(pads.allSatisfy { ($0["sample"] as? String)?.hasPrefix("sounds/") == true })
        #expect(pads.allSatisfy { ($0["reason"] as? String)?.contains("sure") == true })
        let check = try await Program.run("kit", "check", file)
        #expect(check.status == 0 && check.output.contains("nothing is wrong"))
        for width in [60, 133, 200] {
            let shown = try await Program.run("kit", "show", file, "--width", "\(width)")
            #expect(shown.status == 0 && shown.output.contains("Bank A"))
            let grid = shown.output.split(separator: "\n").filter { $0.hasPrefix("|") || $0.hasPrefix("+") }
            #expect(grid.count == 13 && grid.allSatisfy { $0.count <= width })
        }
        let json = try await Program.run("kit", "show", file, "--json")
        #expect(try object(Data(json.output.utf8))["bpm"] as? Double == kit["bpm"] as? Double)
    }

    @Test func `the same folder and seed give the same kit`() async throws {
        let folder = try TemporaryFolder()
        for length in [0.2, 0.3, 0.5, 4] {
            _ = try folder.write(Sound.kicks(bpm: 100, seconds: length), to: "sounds/\(length).wav")
        }
        let arguments = ["kit", "build", "\(folder.path)/sounds", "-o", "-", "--seed", "3", "--name", "Three"]
        let first = try await Program.run(arguments)
        #expect(first.status == 0)
        #expect(try object(Data(first.output.utf8))["name"] as? String == "Three")
        #expect(try await Program.run(arguments).output == first.output)
    }

    @Test func `a kit that is there is not replaced without being asked to, and sounds never`() async throws {
        let folder = try TemporaryFolder()
        let sound = try folder.write(Sound.kicks(seconds: 0.3), to: "sounds/hit.wav")
        let file = try folder.write(Array("mine".utf8), to: "kit.json")
        let refused = try await Program.run("kit", "build", "\(folder.path)/sounds", "-o", file)
        #expect(refused.status == 1 && refused.errors.contains("it exists") && refused.errors.contains("--force"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        #expect(try await Program.run("kit", "build", sound, "-o", file, "--force").status == 0)
        let wrong = try await Program.run("kit", "build", sound, "-o", sound, "--force")
        #expect(wrong.status == 1 && wrong.errors.contains("it is one of the sounds"))
    }

    @Test func `pads of a kit that is completed stay, and a given sound has a place`() async throws {
        let folder = try TemporaryFolder()
        let loop = try folder.write(Sound.kicks(bpm: 100), to: "sounds/beat.wav")
        _ = try folder.write(Sound.kicks(seconds: 0.3), to: "hit.wav")
        let kit = try folder.write(
            Array(#"{"name": "Mine", "bpm": 100, "pads": [{"pad": "C7", "sample": "hit.wav", "pitch": 3}]}"#.utf8),
            to: "mine.json")
        let result = try await Program.run(
            "kit", "build", "\(folder.path)/sounds", "-o", "-", "--complete", kit, "--from", loop)
        #expect(result.status == 0)
        let pads = try #require(try object(Data(result.output.utf8))["pads"] as? [[String: Any]])
        #expect(pads.contains { $0["pad"] as? String == "C7" && $0["pitch"] as? Int == 3 })
        #expect(pads.contains { ($0["reason"] as? String)?.hasPrefix("given; ") == true })
    }

    @Test func `every problem of a kit is told`() async throws {
        let folder = try TemporaryFolder()
        let kit = try folder.write(
            Array(#"{"name": "", "bpm": 100, "pads": [{"pad": "A1", "sample": "gone.wav", "level": 200}]}"#.utf8),
            to: "kit.json")
        let result = try await Program.run("kit", "check", kit, "\(folder.path)/none.json")
        #expect(result.status == 1 && result.errors.contains("none.json"))
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 3 && lines.contains { $0.contains("A1: level 200: use 0 to 127") })
        #expect(lines.contains { $0.contains("A1: ") && $0.contains("gone.wav") })
    }

    @Test(arguments: [
        [], ["--banks", "0"], ["--banks", "11"], ["--bpm", "20"], ["--bpm", "nan"], ["--name", "é"], ["--seed", "-1"],
        ["--from", "/"],
    ])
    func `nonsense options are errors`(options: [String]) async throws {
        let output = options.isEmpty ? [] : ["-o", "-"]
        #expect(try await Program.run(["kit", "build", "/nowhere"] + output + options).status == 64)
    }

    @Test func `a folder without sounds is an error`() async throws {
        let folder = try TemporaryFolder()
        let result = try await Program.run("kit", "build", folder.path, "-o", "-")
        #expect(result.status == 1 && result.errors.contains("no audio files"))
    }

    private func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}
