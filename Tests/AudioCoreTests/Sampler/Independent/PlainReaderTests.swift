import Foundation
import Testing

@testable import AudioCore

/// The plain reader is of use only if it complains of what is wrong.
@Suite struct PlainReaderTests {
    private static let configuration: [UInt8] = {
        let random = RandomKit(pads: 160, seed: 3)
        return PadConfiguration(kit: random.kit, samples: random.sourceOfPad.mapValues(\.onCard)).bytes
    }()

    /// A place and a word there that the description does not allow.
    @Test(
        arguments: [
            (0x00, 0x5246_5045), (0x04, 0x80), (0x08, 0x0400_0000), (0x08, 0x0300_0001), (0x0C, 0x7A81),
            (0x10, 0x2_2EE0), (0x10, 3_999), (0x1C, 63), (0x2C, 33), (0x40, 0x4_0000), (0x6C, 128), (0x6C, 0x80_0000),
            (0x80, 0x0741_4141), (0x7B20, -5), (0x6C20, 0x4107_4141), (0x6C34, 0x4141_4141),
        ])
    func `a wrong word of the file is complained of`(place: Int, word: Int) {
        #expect(PlainPadConf(PlainBytes(Self.configuration)).complaints.list == [])
        #expect(PlainPadConf(Self.changed(place, to: word)).complaints.list != [])
    }

    @Test(
        arguments: [
            (3, 128), (4, 2), (5, 7), (6, 0), (7, 11), (8, 2), (9, 20_001), (10, 64), (12, 2), (13, 13), (14, -101),
            (15, 4), (16, 4_999), (18, 128), (19, 11), (22, 128), (23, -1), (24, 128), (25, 1), (42, 1),
        ])
    func `a wrong word of a pad is complained of`(word: Int, value: Int) {
        let complaints = PlainPadConf(Self.changed(0xA0 + 172 * 99 + 4 * word, to: value)).complaints.list
        #expect(complaints.count == 1 && complaints[0].hasPrefix("pad 99:"))
    }

    /// Record and file that do not agree.
    @Test(
        arguments: [
            (0, 10_001), (1, 508), (1, 513), (2, 511), (2, 1_000_000), (2, 1_001), (11, 0), (11, 1_000_000), (0, 0),
        ])
    func `a record beside its file is complained of`(word: Int, value: Int) throws {
        let folder = try TestFolder()
        try FileManager.default.createDirectory(atPath: folder.file("SMPL"), withIntermediateDirectories: true)
        let frames = 4_800
        let address = PadAddress.all[17]
        let sample = CardSample(sourceRate: 48_000, channels: 1, frames: frames, clippedSamples: 0, addedFrames: 0)
        let kit = Kit(name: "One", pads: [KitPad(address, sample: "a.wav")])
        let bytes = PadConfiguration(kit: kit, samples: [address: sample]).bytes
        let sound = try SampleFile(channels: 1, frames: frames).head + [UInt8](repeating: 0, count: 2 * frames)
        try Data(sound).write(to: URL(fileURLWithPath: folder.file("SMPL/BANK2-02.SMP")))
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("PADCONF.BIN")))
        #expect(PlainProject(folder: folder.path).complaints == [])
        let wrong = Self.changed(0xA0 + 172 * 17 + 4 * word, to: value, in: bytes).bytes
        try Data(wrong).write(to: URL(fileURLWithPath: folder.file("PADCONF.BIN")))
        #expect(PlainProject(folder: folder.path).complaints != [])
    }

    @Test func `a wave for IMPORT is plain`() throws {
        let good = PlainBytes(Self.wave(rate: 48_000, chunks: []))
        #expect(PlainWave(good).complaintsForImport(name: "Kick 1.wav") == [])
        for name in ["Kick ä.wav", "a:b.wav", "\(String(repeating: "x", count: 24)).wav", ".wav"] {
            #expect(PlainWave(good).complaintsForImport(name: name).count > 0, "\(name)")
        }
        for (place, byte) in [(4, 1), (20, 3), (22, 3), (24, 0), (28, 1), (32, 3), (34, 24), (40, 3)] as [(Int, UInt8)]
        {
            var wrong = good
            wrong.bytes[place] = byte
            #expect(PlainWave(wrong).complaintsForImport(name: "a.wav") != [], "byte \(place)")
        }
        let more = PlainBytes(Self.wave(rate: 48_000, chunks: [("LIST", [1, 2])]))
        #expect(PlainWave(more).complaintsForImport(name: "a.wav") != [])
    }

    @Test(arguments: [
        ["A", "a"], ["A/Kick.wav", "A/kick.WAV"], ["con.wav"], ["Lpt1"], ["x./a.wav"], ["x /a.wav"], [".a.wav"],
        ["\u{E4}.wav"], ["a\t.wav"], ["a?.wav"], ["\(String(repeating: "x", count: 24))/a.wav"], [".wav"], ["a//b.wav"],
    ])
    func `a name that a card does not take is complained of`(paths: [String]) {
        let good = ["A", "A/01_Kick.wav", "B", "B/01_kick.wav", "\(String(repeating: "x", count: 23)).wav"]
        #expect(PlainImportFolder.complaints(of: good) == [])
        #expect(PlainImportFolder.complaints(of: good + paths) != [])
    }

    @Test func `a wave for an SP-404SX has its samples at byte 512`() {
        let mark = Array("roifspsx".utf8) + [4, 0, 0, 0, 13] + [UInt8](repeating: 0, count: 445)
        let good = PlainBytes(Self.wave(rate: 44_100, formatSize: 18, chunks: [("RLND", mark)]))
        #expect(PlainWave(good).complaintsForSX(pad: 13) == [])
        #expect(PlainWave(good).complaintsForSX(pad: 12) != [])
        let short = PlainBytes(Self.wave(rate: 44_100, formatSize: 16, chunks: [("RLND", mark)]))
        #expect(PlainWave(short).complaintsForSX(pad: 13) != [])
    }

    private static func changed(_ place: Int, to word: Int, in bytes: [UInt8]? = nil) -> PlainBytes {
        var file = PlainBytes(bytes ?? configuration)
        let number = word < 0 ? word + 0x1_0000_0000 : word
        for byte in 0..<4 { file.bytes[place + byte] = UInt8(number >> (24 - 8 * byte) & 255) }
        return file
    }

    /// 4,800 mono frames of 16 bits.
    private static func wave(rate: Int, formatSize: Int = 16, chunks: [(String, [UInt8])]) -> [UInt8] {
        func little(_ number: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(number >> (8 * $0) & 255) } }
        func chunk(_ id: String, _ content: [UInt8]) -> [UInt8] { Array(id.utf8) + little(content.count, 4) + content }
        let numbers = little(1, 2) + little(1, 2) + little(rate, 4) + little(2 * rate, 4) + little(2, 2) + little(16, 2)
        var body = Array("WAVE".utf8)
        body += chunk("fmt ", numbers + [UInt8](repeating: 0, count: formatSize - 16))
        for (id, content) in chunks { body += chunk(id, content) }
        body += chunk("data", [UInt8](repeating: 0, count: 9_600))
        return chunk("RIFF", body)
    }
}
