import Foundation
import StorageTestKit
import Testing

@Suite struct LikenessTests {
    @Test func `the nearest come first, the query is left out, and a bad cache is no obstacle`() async throws {
        let folder = try TemporaryFolder()
        let query = try folder.write(Sound.kicks(bpm: 128, seconds: 3.75), to: "query.wav")
        let copy = try folder.write(Sound.kicks(bpm: 128, seconds: 3.75), to: "copy.wav")
        _ = try folder.write(Sound.kicks(bpm: 90, seconds: 0.3), to: "other.wav")
        let cache = "\(folder.path)/cache"
        try Data("WAXWREC\ngarbage".utf8).write(to: URL(fileURLWithPath: cache))
        let first = try await Program.run("similar", query, folder.path, "--json", "--cache", cache)
        #expect(first.status == 0 && first.errors.contains("made anew"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any])
        let results = try #require(object["results"] as? [[String: Any]])
        #expect(results.count == 2 && (results[0]["file"] as? String)?.hasSuffix("copy.wav") == true)
        #expect(results[0]["distance"] as? Double == 0)
        let again = try await Program.run("similar", query, folder.path, "--json", "--cache", cache)
        #expect(again.output == first.output && again.errors.isEmpty)
        try FileManager.default.removeItem(atPath: copy)
        let fewer = try await Program.run("similar", query, folder.path, "--cache", cache)
        #expect(!fewer.output.contains("copy.wav"))
    }

    @Test func `a file that is no cache is left alone`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Sound.kicks(), to: "a.wav")
        let result = try await Program.run("duplicates", folder.path, "--cache", file)
        #expect(result.status != 0 && result.errors.contains("is no cache"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == Data(Sound.kicks()))
    }

    @Test func `duplicates are grouped and unreadable files named`() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Sound.kicks(), to: "a.wav")
        _ = try folder.write(Sound.kicks(), to: "deep/b.wav")
        _ = try folder.write(Array("this is no audio".utf8), to: "bad.wav")
        let result = try await Program.run("duplicates", folder.path, "--no-cache")
        #expect(result.status == 1 && result.errors.contains("bad.wav: "))
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("best") && lines[1].hasPrefix("same bytes"))
        let json = try await Program.run("duplicates", folder.path, "--no-cache", "--json")
        #expect(json.output.contains("\"same bytes\""))
    }

    @Test func `matching needs a tempo or a key and keeps to the limits`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Sound.kicks(bpm: 128, seconds: 3.75), to: "a.wav")
        _ = try folder.write(Sound.kicks(bpm: 125, seconds: 3.84), to: "loops/close.wav")
        _ = try folder.write(Sound.kicks(bpm: 100, seconds: 4.8), to: "loops/far.wav")
        let result = try await Program.run("match", file, "\(folder.path)/loops", "--no-cache")
        #expect(result.status == 0)
        #expect(result.output.contains("close.wav") && !result.output.contains("far.wav"))
        #expect(try await Program.run("match", file, folder.path, "--shift", "9").status != 0)
        #expect(try await Program.run("similar", file, folder.path, "-n", "0").status != 0)
        #expect(try await Program.run("duplicates", "\(folder.path)/missing", "--no-cache").status == 1)
    }
}
