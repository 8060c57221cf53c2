import Foundation
import Testing

@testable import AudioCore

@Suite struct ProjectProblemTests {
    /// Every field beyond its range, alone: told by name.
    @Test(arguments: PadRecord.Field.allCases)
    func `a value out of range is named`(field: PadRecord.Field) throws {
        let made = try MadeProject()
        let tooMuch = [PadRecord.Field.fileSize, .start, .end, .loopStart, .loop].contains(field)
        let value = tooMuch ? -1 : field.range.upperBound + 1
        try made.configure { $0.pads[17][field] = value }
        let project = try Project(path: made.path)
        let found = project.problems.filter { $0.problem == "\(field.name) \(value)" }
        #expect(found.count == 1 && found[0].pad?.description == "B2" && found[0].file == "PADCONF.BIN")
        #expect(!project.isSound)
        // It is still something that can be carried along.
        #expect(try project.configuration.bytes == MadeProject.bytes("\(made.path)/PADCONF.BIN"))
        _ = try project.extract(to: made.folder.file("out"))
    }

    @Test(arguments: [
        (PadRecord.Field.start, 511, "start 511 is before the samples"),
        (.start, 514, "start 514 is not on a frame"),
        (.start, 40_000, "start 40000 is past the end of the file"),
        (.end, 38_913, "end 38913 is past the end of the file"),
        (.end, 512, "end 512 is not behind start 512"),
        (.loopStart, 39_000, "loop_start 39000 is past the end of the file"),
        (.loopStart, 38_912, "loop_start 38912 is outside of start and end"),
    ])
    func `a place that cannot be is named`(field: PadRecord.Field, value: Int, problem: String) throws {
        let made = try MadeProject()
        try made.configure {
            $0.pads[0].isLooped = true
            $0.pads[0][field] = value
        }
        let project = try Project(path: made.path)
        #expect(project.problems.contains { $0.problem == problem && $0.severity == .error }, "\(project.problems)")
        #expect(project.problems.allSatisfy { $0.pad?.description == "A1" })
    }

    @Test func `chops out of order and past the end are named`() throws {
        let made = try MadeProject()
        try made.configure { $0.chops[0].replaceSubrange(0..<3, with: [2_400, 1_200, 9_600]) }
        let problems = try Project(path: made.path).problems.map(\.problem)
        #expect(problems == ["chops are out of order", "a chop at frame 9600 is past the end"])
    }

    @Test func `names that do not end or hold control characters are oddities`() throws {
        let made = try MadeProject()
        try made.configure {
            $0.padNames[0] = DeviceText(bytes: Array(repeating: 0x41, count: 24))
            $0.padNames[1] = DeviceText(bytes: [0x1B, 0x5B, 0] + Array(repeating: 0x20, count: 21))
        }
        let project = try Project(path: made.path)
        #expect(project.problems.map(\.severity) == [.warning, .warning] && project.isSound)
        #expect(project.problems.map { $0.pad?.description } == ["A1", "A2"])
    }

    @Test func `samples are held against their pads`() throws {
        let made = try MadeProject()
        try made.remove("SMPL/BANK1-01.SMP")
        try made.put("SMPL/BANK2-02.SMP", MadeProject.sample(channels: 1, frames: 4_900))
        try made.put("SMPL/BANK3-03.SMP", MadeProject.sample(channels: 1, frames: 4_800))
        let problems = try Project(path: made.path).problems.map(\.description)
        #expect(
            problems == [
                "SMPL/BANK1-01.SMP: A1: the file is missing: copy it, or clear the pad",
                "SMPL/BANK2-02.SMP: B2: it has 10312 bytes, its pad says 10112: copy it from the card again",
                "SMPL/BANK3-03.SMP: C3: the pad does not use it: remove it, or leave it",
            ])
    }

    @Test func `a head tells all its faults`() throws {
        let made = try MadeProject()
        var bytes = try MadeProject.sample(channels: 1, frames: 4_800)
        bytes[0x0B] ^= 1
        bytes.removeLast()
        try made.put("SMPL/BANK2-02.SMP", bytes)
        try made.put("SMPL/BANK1-01.SMP", Array(MadeProject.sample(channels: 2, frames: 1).prefix(512)))
        let project = try Project(path: made.path)
        let (first, second) = (
            project.problems.filter { $0.pad?.index == 0 }, project.problems.filter { $0.pad?.index == 17 }
        )
        #expect(first.map(\.problem).contains("it has 0 frames"))
        #expect(
            second.map(\.problem) == [
                "it has 10111 bytes, its pad says 10112", "the checksum of its head is wrong",
                "it is not as long as its head says", "not 48 kHz, 16 bit", "no whole number of frames",
            ])
        #expect(project.samples.isEmpty)
        #expect(try project.extract(to: made.folder.file("out")).files.map(\.name) == ["kit.json"])
    }

    @Test func `truncated patterns are named and the others read`() throws {
        let made = try MadeProject()
        try made.put("PTN/PTN00001.BIN", Array(MadeProject.pattern.prefix(20)))
        try made.put("PTN/PTN00002.BIN", [])
        try made.put("PTN/PTN00003.BIN", Array(repeating: 0x80, count: 1 << 21))
        let project = try Project(path: made.path)
        #expect(project.patterns.map(\.description) == ["J16"])
        #expect(project.problems.map { $0.pad?.description } == ["A1", "A2", "A3"])
        #expect(
            project.problems.map(\.problem) == [
                "it has no end", "it has no end", "it has 2097152 bytes, expected at most 1 MiB",
            ])
        #expect(project.otherFiles.contains("PTN/PTN00002.BIN"))
    }

    @Test func `missing folders are told`() throws {
        let made = try MadeProject()
        try made.remove("SMPL")
        try made.remove("PTN")
        let project = try Project(path: made.path)
        let folders = project.problems.filter { $0.pad == nil }
        #expect(folders.map(\.file) == ["SMPL", "PTN"] && folders.map(\.severity) == [.error, .warning])
    }

    @Test func `links are not followed`() throws {
        let made = try MadeProject()
        let outside = made.folder.file("outside")
        try Data([1]).write(to: URL(fileURLWithPath: outside))
        try FileManager.default.createSymbolicLink(atPath: "\(made.path)/link", withDestinationPath: outside)
        try FileManager.default.createSymbolicLink(atPath: "\(made.path)/loop", withDestinationPath: made.path)
        try made.remove("SMPL/BANK1-01.SMP")
        try FileManager.default.createSymbolicLink(
            atPath: "\(made.path)/SMPL/BANK1-01.SMP", withDestinationPath: outside)
        let project = try Project(path: made.path)
        #expect(project.problems.filter { $0.problem == "neither a file nor a folder" }.count == 3)
        let output = try project.rebuild(to: made.folder.file("copy"))
        let names = try Set(MadeProject.contents(of: output.path).keys)
        #expect(names.isDisjoint(with: ["link", "loop", "SMPL/BANK1-01.SMP"]) && names.contains("notes.txt"))
    }

    @Test func `without a readable configuration there is no project`() throws {
        let made = try MadeProject()
        var bytes = try MadeProject.bytes("\(made.path)/PADCONF.BIN")
        bytes[8] = 4
        try made.put("PADCONF.BIN", bytes)
        let error = #expect(throws: SamplerError.self) { try Project(path: made.path) }
        #expect("\(error as Any)".contains("it says 4"))
        try made.put("PADCONF.BIN", Array(bytes.prefix(100)))
        #expect(throws: SamplerError.self) { try Project(path: made.path) }
        try made.remove("PADCONF.BIN")
        #expect(throws: SamplerError.self) { try Project(path: made.path) }
        #expect(throws: SamplerError.self) { try Project(path: made.folder.file("nothing")) }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `any configuration can be looked at, extracted and rebuilt`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let made = try MadeProject()
        var bytes = (0..<(seed % 2 == 0 ? 52_000 : 31_488)).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes.replaceSubrange(0..<4, with: Array("RFPD".utf8))
        bytes[8] = seed % 2 == 0 ? 3 : 2
        try made.put("PADCONF.BIN", bytes)
        let project = try Project(path: made.path)
        #expect(project.problems.count > 160)
        _ = try project.extract(to: made.folder.file("out"))
        _ = try Kit(path: made.folder.file("out/kit.json")).problems
        _ = try project.exportMIDI(to: made.folder.file("midi"))
        let output = try project.rebuild(to: made.folder.file("copy"))
        #expect(try MadeProject.contents(of: output.path) == MadeProject.contents(of: made.path))
    }
}
