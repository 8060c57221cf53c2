import Foundation
import Testing

@testable import AudioCore

/// From sounds to a card: a kit is built, kept as a file, and exported; the plain readers take what came of it.
@Suite struct BuiltKitProofTests {
    @Test(arguments: [0, 7] as [UInt64])
    func `a kit that was built is a project that the plain reader takes`(seed: UInt64) throws {
        let folder = try TestFolder()
        let kit = try Self.kit(in: folder, seed: seed)
        let plan = try ProjectPlan(kit, from: folder.path, number: 3)
        let made = try CarriedOut(plan, below: folder.file("card"))
        let read = PlainProject(folder: made.folder)
        #expect(plan.problems.isEmpty && read.complaints == [])
        #expect(read.samples.keys.sorted() == Array(0..<16))
        KitProofTests.expect(read.configuration, toSay: kit, made.samples)
        // Loops repeat in time; the closed hat ends the open one.
        for pad in 0..<16 {
            let record = read.configuration.pads[pad]
            let (loop, sync, flags, group) = (record[5], record[8], record[10], record[7])
            let expected = pad < 4 ? [0x7FFF_FFFF, 1, 0] : [0, 0, 32]
            #expect(loop == expected[0] && sync == expected[1] && flags == expected[2])
            #expect(group == (pad >= 14 ? 1 : 0))
        }
    }

    @Test func `its pads 1 to 12 are a card of an SP-404SX, and all are files for importing`() throws {
        let folder = try TestFolder()
        let kit = try Self.kit(in: folder, seed: 0)
        let card = try SXCardPlan(kit, from: folder.path)
        let read = PlainSXFolder(folder: try CarriedOut(card, below: folder.file("sx")).folder)
        #expect(read.complaints == [] && read.waves.keys.sorted() == Array(0..<12))
        #expect(card.omissions.compactMap(\.pad?.pad) == [13, 14, 15, 16])
        let files = try ImportPlan(kit, from: folder.path)
        _ = try CarriedOut(files, below: folder.file("card"))
        let listed = PlainImportFolder(folder: folder.file("card/IMPORT"))
        #expect(listed.complaints == [] && listed.waves.count == 16)
    }

    /// Two sounds of each kind, and one of the two on each pad.
    private static func kit(in folder: TestFolder, seed: UInt64) throws -> Kit {
        let all = MadeSound.oneOfEach.flatMap { [$0, $0.sibling] }
        let sounds = all.map { made in
            var sound = made
            sound.sample += ".wav"
            sound.summary.duration = min(3, made.summary.duration)
            return sound
        }
        for (index, sound) in sounds.enumerated() {
            let noise = Signals.noise(seconds: sound.summary.duration, rate: 8_000, seed: UInt64(index))
            try WrittenFile.write(noise, to: folder.file(sound.sample), as: .wav(.bits16), rate: 8_000)
        }
        let built = try KitBuilder(name: "Night Bus", seed: seed).build(from: sounds)
        #expect(built.kit.pads.count == 16 && built.left == 16)
        try built.kit.json().write(to: URL(fileURLWithPath: folder.file("kit.json")))
        let kit = try Kit(path: folder.file("kit.json"))
        #expect(kit == built.kit && kit.problems(from: folder.path).isEmpty)
        return kit
    }
}
