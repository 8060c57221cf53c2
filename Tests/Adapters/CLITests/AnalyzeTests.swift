import AudioCore
import Foundation
import StorageTestKit
import Testing

@Suite struct AnalyzeTests {
    @Test func `one file is one JSON object, several are an array in the order given`() async throws {
        let folder = try TemporaryFolder()
        let fast = try folder.write(Sound.kicks(bpm: 128, seconds: 3.75), to: "b fast.wav")
        let slow = try folder.write(Sound.kicks(bpm: 100, seconds: 4.8), to: "a,slow.wav")
        let one = try await Program.run("analyze", fast, "--json")
        #expect(one.status == 0)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: Any])
        #expect(object["file"] as? String == fast)
        #expect(try abs(#require(object["bpm"] as? Double) - 128) < 0.5)
        #expect(object["waveform"] == nil)

        let several = try await Program.run("analyze", fast, slow, "--json", "--waveform")
        let list = try #require(try JSONSerialization.jsonObject(with: Data(several.output.utf8)) as? [[String: Any]])
        #expect(list.compactMap { $0["file"] as? String } == [fast, slow])
        let waveform = try #require(list[0]["waveform"] as? [String: [Double]])
        #expect(waveform["min"]?.count == 800 && waveform["max"]?.count == 800)
    }

    @Test func `a folder is searched, bad files are named with a reason, the others go on`() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Sound.kicks(), to: "deep/er/good.wav")
        _ = try folder.write(Sound.kicks(), to: "unnamed")
        _ = try folder.write(Array("this is no audio".utf8), to: "bad.wav")
        _ = try folder.write(Array("read me".utf8), to: "notes.txt")
        let result = try await Program.run("analyze", folder.path, "--ndjson")
        #expect(result.status == 1)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("good.wav") && lines[1].contains("unnamed"))
        #expect(
            result.errors.split(separator: "\n").count == 1, "no progress in a pipe, and notes.txt is not asked about")
        #expect(result.errors.contains("bad.wav: "))
    }

    @Test func `tags by rules are added where they are asked for`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Sound.kicks(bpm: 128, seconds: 3.75), to: "kicks.wav")
        let one = try await Program.run("analyze", file, "--json", "--tags")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: Any])
        let words = try #require(object["ai_analysis"] as? [String: Any])
        #expect(object["file"] as? String == file && words["source"] as? String == "features")
        #expect((words["tags"] as? [String])?.prefix(1) == ["loop"] && words["genre"] is NSNull)
        #expect((words["vibe"] as? String)?.hasSuffix("at 128 BPM.") == true)
        let table = try await Program.run("analyze", file, "--tags").output.split(separator: "\n")
        #expect(table.first?.hasSuffix("FILE  TAGS") == true && table.last?.contains("kicks.wav  loop, ") == true)
        let csv = try await Program.run("analyze", file, "--tags", "--csv").output.split(separator: "\r\n")
        #expect(csv.first?.hasSuffix(",tagged_key,tags") == true && csv.last?.contains(",loop; ") == true)
    }

    private let told = "title,artist,album,genre,date,copyright,software,isrc,tagged_bpm,tagged_key"

    @Test func `CSV quotes names and leaves empty what does not exist`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Sound.kicks(seconds: 0.3), to: "a \"quoted\", name.wav")
        let result = try await Program.run("analyze", file, "--csv")
        let lines = result.output.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3 && lines[2].isEmpty)
        #expect(lines[0].hasPrefix("file,format,duration,"))
        #expect(
            lines[1].hasPrefix("\"\(file.replacing("\"", with: "\"\""))\",wav,0.3,22050,1,16,6615,false,one-shot,"))
        #expect(lines[1].contains(",,,"), "a one-shot has no tempo")
        #expect(lines[0].hasSuffix(",chroma_std_11,chroma_std_12,\(told)"))
        #expect(lines[0].split(separator: ",").count == 131)
    }

    @Test func `nothing found, nothing named and nonsense options are errors`() async throws {
        let folder = try TemporaryFolder()
        #expect(try await Program.run("analyze", folder.path).status == 1)
        #expect(
            try await Program.run("analyze", "\(folder.path)/missing.wav").errors.contains("no such file or folder"))
        #expect(try await Program.run("analyze").status != 0)
        #expect(try await Program.run("analyze", folder.path, "--waveform").status != 0)
    }

    @Test(.enabled(if: FFmpeg.installed() != nil, "install ffmpeg to read M4A"))
    func `M4A is read with ffmpeg and refused without`() async throws {
        let folder = try TemporaryFolder()
        let wave = try folder.write(Sound.kicks(seconds: 1), to: "kicks.wav")
        let file = "\(folder.path)/kicks.m4a"
        let encoder = Process()
        encoder.executableURL = FFmpeg.installed().map { URL(filePath: $0.executable) }
        encoder.arguments = ["-nostdin", "-v", "error", "-i", wave, "-c:a", "aac", file]
        try encoder.start()
        await encoder.end()
        let refused = try await Program.run("analyze", file)
        #expect(refused.status == 1 && refused.errors.contains("needs ffmpeg, which is not switched on"))
        let read = try await Program.run("analyze", file, "--ffmpeg", "--csv")
        #expect(read.status == 0 && read.output.contains(",m4a,"))
    }

    /// Debian's `lmms-common` holds real loops whose tempo is known.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: Loops.folder), "install lmms-common to hear real loops"))
    func `real loops are analysed without a complaint, most with the right tempo`() async throws {
        let loops = try Loops.labelled()
        #expect(loops.count == 27)
        let result = try await Program.run(
            "analyze", Loops.folder + "/bassloops", Loops.folder + "/beats", Loops.folder + "/latin", "--ndjson")
        #expect(result.status == 0 && result.errors.isEmpty)
        var right = 0
        for line in result.output.split(separator: "\n") {
            let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let name = try #require(record["file"] as? String).dropFirst(Loops.folder.count + 1)
            guard let label = loops[String(name)], let bpm = record["bpm"] as? Double else { continue }
            if abs(bpm / label - 1) < 0.04 { right += 1 }
        }
        #expect(right >= 24, "\(right) of 27 tempi within 4 %")
    }
}

private enum Loops {
    static let folder = "/usr/share/lmms/samples"

    static func labelled() throws -> [String: Double] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Reference/lmms-tempo.csv").standardizedFileURL
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let rows = lines.map { $0.split(separator: ",") }.filter { $0.count == 2 }
        return Dictionary(rows.compactMap { row in Double(row[1]).map { (String(row[0]), $0) } }) { first, _ in first }
    }
}

@Suite struct CommandTests {
    @Test func `the README shows the help that the program prints`() async throws {
        let readme = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../README.md").standardizedFileURL, encoding: .utf8)
        let help = try await Program.run("--help", environment: ["COLUMNS": "80"])
        #expect(readme.contains(help.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        for command in [
            "analyze", "waveform", "spectrogram", "normalize", "slice", "similar", "duplicates", "match",
            "kit build", "kit show", "kit check", "export", "sp404 inspect", "sp404 extract", "sp404 rebuild",
            "sp404 midi", "serve", "worker", "plans template", "usage ", "webhooks ls", "dev billing", "backup",
            "restore",
            "db status",
            "store scrub", "login", "upload ", "sync ", "samples ls", "completions", "manual", "version",
        ] {
            #expect(readme.contains("waxwing \(command)"))
        }
    }

    @Test func `a template is a valid plan file, and a wrong one is told where`() async throws {
        let folder = try TemporaryFolder()
        for profile in ["self-hosted", "saas"] {
            let template = try await Program.run("plans", "template", "--profile", profile)
            let file = try folder.write(Array(template.output.utf8), to: "\(profile).json")
            let check = try await Program.run("plans", "check", file)
            #expect(check.status == 0 && check.errors.isEmpty)
            let shown = try await Program.run("plans", "show", environment: ["WAXWING_PLANS": file])
            #expect(shown.status == 0 && shown.output.contains(profile == "saas" ? "9.99 usd/mo" : "1 GiB"))
            #expect(try await Program.run("plans", "show", file).output == shown.output)
        }
        let wrong = try folder.write(
            Array(#"{"default_plan": "a", "plans": {"a": {"upload_byte": 1}}}"#.utf8), to: "wrong.json")
        let check = try await Program.run("plans", "check", wrong)
        #expect(check.status == 1 && check.errors.contains("upload_byte"))
        let several = try folder.write(
            Array(#"{"default_plan": "b", "plans": {"a": {"lane": 5, "features": ["stem"]}}}"#.utf8), to: "several.json"
        )
        let all = try await Program.run("plans", "check", several)
        #expect(all.status == 1)
        for word in ["error: 'default_plan'", "error: 'plans.a.lane'", "warning: 'plans.a.features'"] {
            #expect(all.errors.contains(word), "\(all.errors)")
        }
        let start = try await Program.run(
            "serve", environment: ["WAXWING_PLANS": wrong, "WAXWING_DATA": folder.path])
        #expect(start.status != 0 && start.errors.contains("upload_byte"))
    }

    @Test(arguments: [
        ("PORT", "http"), ("WAXWING_WORKERS", "-1"), ("WAXWING_PROFILE", "free"), ("WAXWING_LOG_LEVEL", "loud"),
        ("WAXWING_FFMPEG", "ffmpeg"), ("WAXWING_QUIET_HOURS", "at night"),
        ("WAXWING_QUIET_HOURS", "01:00-06:00 Mars/Olympus"),
    ])
    func `a wrong setting stops the start and is named`(name: String, value: String) async throws {
        let folder = try TemporaryFolder()
        let start = try await Program.run("serve", environment: [name: value, "WAXWING_DATA": folder.path])
        #expect(start.status != 0)
        #expect(start.errors.contains("\(name) is '\(value)'"))
    }
}
