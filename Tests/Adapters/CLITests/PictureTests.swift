import Foundation
import StorageTestKit
import Testing

@Suite struct WaveformCommandTests {
    @Test func `a picture is written whole, and not over a file that exists`() async throws {
        let folder = try TemporaryFolder()
        let sound = try folder.write(Sound.kicks(seconds: 1), to: "kicks.wav")
        let picture = "\(folder.path)/kicks.png"
        #expect(try await Program.run("waveform", sound, "-o", picture).status == 0)
        let first = try bytes(picture)
        #expect(first.starts(with: pngMagic) && first[16..<24] == [0, 0, 7, 128, 0, 0, 1, 0], "1920 × 256")
        let again = try await Program.run("waveform", sound, "-o", picture, "--width", "100")
        #expect(again.status == 1 && again.errors.contains("kicks.png exists: --force replaces it"))
        #expect(try bytes(picture) == first)
        #expect(try await Program.run("waveform", sound, "-o", picture, "--width", "100", "--force").status == 0)
        #expect(try bytes(picture)[16..<20] == [0, 0, 0, 100])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2, "nothing is left over")
    }

    @Test func `a folder gives a picture for each file, bad files are named, the others go on`() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Sound.kicks(seconds: 1), to: "in/drums.wav")
        _ = try folder.write(Sound.kicks(bpm: 90, seconds: 1), to: "in/bass.wav")
        _ = try folder.write(Array("this is no audio".utf8), to: "in/bad.wav")
        let result = try await Program.run("waveform", "\(folder.path)/in", "-o", "\(folder.path)/out")
        #expect(result.status == 1 && result.errors.contains("bad.wav: "))
        let made = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/out").sorted()
        #expect(made == ["bass_waveform.png", "drums_waveform.png"])
    }

    @Test func `two files that would go to one place are told apart`() async throws {
        let folder = try TemporaryFolder()
        let one = try folder.write(Sound.kicks(seconds: 1), to: "a/kick.wav")
        let other = try folder.write(Sound.kicks(seconds: 1), to: "b/kick.wav")
        let result = try await Program.run("waveform", one, other, "-o", "\(folder.path)/out")
        #expect(result.status == 1 && result.errors.contains("use two folders"))
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/out/kick_waveform.png"))
    }

    @Test func `data for players is told by the name`() async throws {
        let folder = try TemporaryFolder()
        let sound = try folder.write(Sound.kicks(seconds: 1), to: "kicks.wav")
        let (json, dat) = ("\(folder.path)/kicks.json", "\(folder.path)/kicks.dat")
        #expect(try await Program.run("waveform", sound, "-o", json, "--bits", "8").status == 0)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes(json))) as? [String: Any])
        #expect(object["version"] as? Int == 2 && object["samples_per_pixel"] as? Int == 256)
        // 22,050 samples are 87 points, the last one of 34 samples.
        #expect(object["length"] as? Int == 87 && (object["data"] as? [Int])?.count == 174)
        #expect(try await Program.run("waveform", sound, "-o", dat, "--bits", "8").status == 0)
        #expect(try bytes(dat).count == 24 + 174)
        let printed = try await Program.run("waveform", sound, "-o", "-", "--format", "json", "--bits", "8")
        #expect(try Array(printed.output.utf8) == bytes(json))
    }

    @Test func `nonsense is refused before any work`() async throws {
        let folder = try TemporaryFolder()
        let sound = try folder.write(Sound.kicks(seconds: 1), to: "kicks.wav")
        let picture = "\(folder.path)/kicks.png"
        for options in [
            ["--width", "8"], ["--height", "100000"], ["--color", "red"], ["--bits", "8"], ["--gain", "0"],
            ["--format", "gif"], ["--format", "json", "--bits", "12"],
            ["--format", "json", "--samples-per-pixel", "1"],
        ] {
            let result = try await Program.run(["waveform", sound, "-o", picture] + options)
            #expect(result.status != 0, "\(options)")
        }
        #expect(try await Program.run("waveform", sound).status != 0)
        #expect(try await Program.run("waveform", sound, sound, "-o", "\(folder.path)/both.png").status != 0)
        #expect(try await Program.run("waveform", folder.path, "-o", "-").status != 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["kicks.wav"])
    }
}

@Suite struct SpectrogramCommandTests {
    @Test func `a spectrogram is a picture of the size that was asked for`() async throws {
        let folder = try TemporaryFolder()
        let sound = try folder.write(Sound.kicks(seconds: 1), to: "kicks.wav")
        #expect(try await Program.run("spectrogram", sound, "-o", "\(folder.path)/a.png").status == 0)
        #expect(try bytes("\(folder.path)/a.png")[16..<24] == [0, 0, 7, 128, 0, 0, 2, 0], "1920 × 512")
        let result = try await Program.run(
            "spectrogram", sound, "-o", "\(folder.path)/out/", "--width", "300", "--height", "200", "--colors",
            "viridis")
        #expect(result.status == 0)
        #expect(try bytes("\(folder.path)/out/kicks_spectrogram.png")[16..<24] == [0, 0, 1, 44, 0, 0, 0, 200])
        #expect(try await Program.run("spectrogram", sound, "-o", "x.png", "--range", "5").status != 0)
        #expect(try await Program.run("spectrogram", sound, "-o", "x.png", "--colors", "jet").status != 0)
    }
}

@Suite struct PictureHelpTests {
    @Test(arguments: ["waveform", "spectrogram"])
    func `pictures explain themselves with an example`(command: String) async throws {
        let help = try await Program.run(command, "--help")
        #expect(help.status == 0 && help.output.contains("waxwing \(command) loop.wav -o loop.png"))
    }
}

private let pngMagic: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

private func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: path))) }
