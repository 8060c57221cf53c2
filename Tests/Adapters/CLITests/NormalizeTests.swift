import AudioCore
import Foundation
import StorageTestKit
import Testing

@Suite struct NormalizeTests {
    private func record(_ output: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }

    private func level(_ record: [String: Any], _ when: String, _ key: String) throws -> Double {
        try #require((record[when] as? [String: Any])?[key] as? Double)
    }

    @Test func `one file is brought to its loudness and told in JSON`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Sound.kicks(), to: "kicks.wav")
        let output = "\(folder.path)/out.flac"
        let result = try await Program.run("normalize", file, "--lufs", "-30", "-o", output, "--json")
        #expect(result.status == 0 && result.errors.isEmpty)
        let record = try record(result.output)
        #expect(abs(try level(record, "after", "loudness_lufs") + 30) <= 0.1)
        let features = try AudioAnalysis.analyze(path: output)
        #expect(features.format == .flac && features.bitDepth == 16 && features.frames == 88_200)
        #expect(abs(try #require(features.loudness.integrated) + 30) <= 0.1)
    }

    @Test func `an existing output is kept without --force`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Sound.kicks(), to: "kicks.wav")
        let output = try folder.write(Array("mine".utf8), to: "out.wav")
        let refused = try await Program.run("normalize", file, "--peak", "-1", "-o", output)
        #expect(refused.status == 1 && refused.errors.contains("add --force to replace it"))
        #expect(try String(contentsOfFile: output, encoding: .utf8) == "mine")
        let forced = try await Program.run("normalize", file, "--peak", "-1", "-o", output, "--force")
        #expect(forced.status == 0 && forced.output.contains("-1.0 dBTP"))
    }

    @Test func `a folder keeps its subfolders, short sounds are named and the others go on`() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Sound.kicks(), to: "in/deep/er/long.wav")
        let short = try folder.write(Sound.kicks(seconds: 0.2), to: "in/short.wav")
        let result = try await Program.run(
            "normalize", "\(folder.path)/in", "--lufs", "-30", "--format", "opus", "-o", "\(folder.path)/out/")
        #expect(result.status == 1)
        #expect(
            result.errors.contains("\(short): the sound is shorter than 400 ms") && result.errors.contains("--peak"))
        let stream = try AudioFile(path: "\(folder.path)/out/deep/er/long.opus").stream
        #expect(stream.format == .opus && stream.sampleRate == 24_000)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/out/short.opus"))
    }

    @Test func `two files that would become one, unknown endings and nonsense are errors`() async throws {
        let folder = try TemporaryFolder()
        let one = try folder.write(Sound.kicks(), to: "a/kicks.wav")
        let two = try folder.write(Sound.kicks(), to: "b/kicks.wav")
        let both = try await Program.run("normalize", one, two, "-o", "\(folder.path)/out/")
        #expect(both.status != 0 && both.errors.contains("would become the same file"))
        let ending = try await Program.run("normalize", one, "-o", "\(folder.path)/out.txt")
        #expect(ending.status == 1 && ending.errors.contains("must end in .wav"))
        #expect(try await Program.run("normalize", one, "--lufs", "5", "-o", "\(folder.path)/o.wav").status == 64)
        #expect(try await Program.run("normalize", one, "--lufs", "-9", "--peak", "-1", "-o", "x.wav").status != 0)
        #expect(try await Program.run("normalize", one).status != 0)
        #expect(try await Program.run("normalize", "--help").output.contains("waxwing normalize song.wav"))
    }
}
