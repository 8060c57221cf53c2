import Foundation
import Testing

@testable import AudioCore

@Suite struct CardTests {
    @Test func `a card that is not there is not made`() throws {
        let folder = try TestFolder()
        let path = folder.file("card")
        #expect(throws: SamplerError.cannotWrite(path: path, reason: "it is not there")) { try Card(path: path) }
        #expect(folder.names.isEmpty)
    }

    @Test func `a file is no card`() throws {
        let folder = try TestFolder()
        try Data().write(to: URL(fileURLWithPath: folder.file("card")))
        #expect(throws: SamplerError.cannotWrite(path: folder.file("card"), reason: "it is no folder")) {
            try Card(path: folder.file("card"))
        }
    }

    @Test func `files take whole clusters`() throws {
        let folder = try TestFolder()
        let card = try Card(path: folder.path + "/")
        #expect(card.path == folder.path && card.freeBytes > 0)
        let size = card.clusterSize
        #expect(card.bytes(forFiles: [0, 1, size, size + 1]) == 5 * size)
        #expect(card.bytes(forFiles: [Int.max - size, Int.max - size]) == .max)
    }

    @Test func `too little room is told with both sizes`() throws {
        let folder = try TestFolder()
        let card = try Card(path: folder.path)
        try card.checkRoom(for: 1)
        #expect(throws: SamplerError.noSpace(path: card.path, needed: .max, free: card.freeBytes)) {
            try card.checkRoom(for: .max)
        }
    }

    @Test func `a plan is known before it is carried out`() throws {
        let folder = try TestFolder()
        try WrittenFile.write(
            [Float](repeating: 0.1, count: 2 * 44_100), to: folder.file("a.wav"), as: .wav(.bits16), rate: 44_100,
            channels: 2)
        let pads = try ["A1", "A2", "A3"].map { try #require(PadAddress($0)) }
        var late = KitPad(pads[2], sample: "a.wav")
        late.end = 44_101
        let kit = Kit(name: "K", pads: [KitPad(pads[0], sample: "a.wav"), KitPad(pads[1], sample: "none.wav"), late])
        let plan = try ProjectPlan(kit, from: folder.path, number: 1)
        let check = CardCheck(plan, on: try Card(path: folder.path), kit: kit, from: folder.path)
        let expected: [Int?] = [192_512, nil, 192_512]
        #expect(check.items.map(\.bytes) == expected)
        #expect(check.items.map { $0.problems.isEmpty } == [true, false, false])
        #expect(check.items[1].problems[0].pad == pads[1])
        #expect(check.bytes > 192_512 && check.bytes < 192_512 + (1 << 21))
        #expect(folder.names == ["a.wav"])
        try FileManager.default.createDirectory(atPath: folder.file("P/SMPL"), withIntermediateDirectories: true)
        _ = try plan.convert(0, in: folder.file("P"))
        let written =
            try Data(contentsOf: URL(fileURLWithPath: folder.file("P/SMPL/BANK1-01.SMP"))).count
        #expect(written == check.items[0].bytes)
    }

    @Test(arguments: ["a.wav", "BANK1-01.SMP", "ü 😀", String(repeating: "x", count: 255), ".hidden", "a b"])
    func `a card takes these names`(name: String) { #expect(CardNames.problem(of: name) == nil) }

    @Test(arguments: [
        "", ".", "..", "a.", "a ", "a:b", "a?", "a*", "a\"", "<", ">", "|", "a\\b", "a\u{1}", "a\u{7F}",
        String(repeating: "x", count: 256), String(repeating: "😀", count: 128),
    ])
    func `a card does not take these names`(name: String) { #expect(CardNames.problem(of: name) != nil) }

    @Test func `names that differ in case alone are one name, but in other folders`() {
        #expect(CardNames.problems(of: ["A/Kick.wav", "A/kick.WAV"]).count == 1)
        #expect(CardNames.problems(of: ["A/Kick.wav", "B/kick.WAV"]).isEmpty)
        #expect(CardNames.problems(of: ["A//x"]).count == 1)
    }

    @Test func `a folder has room for so many entries, and long names take several`() {
        #expect(CardNames.entries(of: "A0000001.WAV") == 2 && CardNames.entries(of: "0123456789.SMP") == 3)
        let names = (0..<32_766).map { "\($0)" }
        #expect(CardNames.problems(of: names).isEmpty)
        #expect(CardNames.problems(of: names + ["x"]).count == 1)
    }
}
