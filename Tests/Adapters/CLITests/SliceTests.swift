import Foundation
import StorageTestKit
import Testing

@Suite struct SliceTests {
    @Test func `hits are written as numbered files and told in the table`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Sound.kicks(), to: "kicks.wav")
        let result = try await Program.run("slice", file, "--onsets", "-o", "\(folder.path)/out")
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(result.output.contains("kicks_01.wav"))
        let written = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/out").sorted()
        #expect(written.count == 8 && written.first == "kicks_01.wav" && written.last == "kicks_08.wav")
    }

    @Test func `a list writes nothing, and its slices make the whole file`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Sound.kicks(), to: "kicks.wav")
        let result = try await Program.run("slice", file, "--beats", "2", "--list", "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let slices = try #require(object["slices"] as? [[String: Any]])
        #expect(slices.count == 4)
        #expect(slices.compactMap { $0["frames"] as? Int }.reduce(0, +) == object["frames"] as? Int)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["kicks.wav"])
        let labels = try await Program.run("slice", file, "--beats", "2", "--list", "--labels")
        #expect(labels.output.split(separator: "\n").count == 4)
        #expect(labels.output.hasPrefix("0.000000\t"))
    }

    @Test func `slices that are there are not replaced without being asked to`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Sound.kicks(), to: "kicks.wav")
        let out = "\(folder.path)/out"
        #expect(try await Program.run("slice", file, "--onsets", "-o", out).status == 0)
        let again = try await Program.run("slice", file, "--onsets", "-o", out)
        #expect(again.status == 1 && again.errors.contains("kicks_01.wav' exists") && again.errors.contains("--force"))
        #expect(try await Program.run("slice", file, "--onsets", "-o", out, "--force").status == 0)
    }

    @Test func `a file with nothing to cut at is named, the others go on`() async throws {
        let folder = try TemporaryFolder()
        let good = try folder.write(Sound.kicks(), to: "good.wav")
        let short = try folder.write(Sound.kicks(seconds: 0.3), to: "hit.wav")
        let beats = try await Program.run("slice", short, good, "--beats", "4", "--list", "--csv")
        #expect(beats.status == 1 && beats.errors.contains("hit.wav: it has no tempo"))
        #expect(beats.output.hasPrefix("file,number,start,length,peak_dbfs,path\r\n"))
        #expect(beats.output.contains("good.wav,1,0.0,"))
        let clips = try await Program.run("slice", short, "--clips", "--list")
        #expect(clips.status == 1 && clips.errors.contains("nothing in it is loud enough"))
    }

    @Test(arguments: [
        [], ["--list"], ["--onsets"], ["--onsets", "--clips", "--list"], ["--beats", "0", "--list"],
        ["--onsets", "--threshold", "40", "--list"], ["--onsets", "--list", "--fade", "2000"],
        ["--clips", "--list", "--threshold", "loud"],
    ])
    func `nonsense options are errors`(options: [String]) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Sound.kicks(), to: "kicks.wav")
        let result =
            switch options.count {
            case 0: try await Program.run("slice", file)
            case 1: try await Program.run("slice", file, options[0])
            case 3: try await Program.run("slice", file, options[0], options[1], options[2])
            default: try await Program.run("slice", file, options[0], options[1], options[2], options[3])
            }
        #expect(result.status != 0 && result.output.isEmpty && !result.errors.isEmpty)
    }

    @Test func `the command explains itself with an example`() async throws {
        let help = try await Program.run("slice", "--help")
        #expect(help.status == 0 && help.output.contains("waxwing slice break.wav --onsets -o hits"))
    }
}
