import Foundation
import Testing

@testable import AudioCore

/// Whatever sounds there are, what is written for IMPORT is what a unit lists and loads.
@Suite struct ImportProofTests {
    @Test(arguments: ImportLayout.allCases, 1...2 as ClosedRange<UInt64>)
    func `any sounds become plain files with names that a card takes`(layout: ImportLayout, seed: UInt64) throws {
        let folder = try TestFolder()
        try RandomKit.writeSources(to: folder)
        var random = SplitMix64(seed: seed)
        let sounds = (0..<24).map { _ in Self.sound(in: folder, &random) }
        let plan = ImportPlan(sounds, name: Self.name(&random), layout: layout)
        #expect(plan.items.map(\.source) == sounds.map(\.source) && plan.problems.isEmpty)
        try Self.expectPlainFiles(of: plan, in: folder)
    }

    @Test(arguments: ImportLayout.allCases)
    func `samples of any kit become plain files`(layout: ImportLayout) throws {
        let folder = try TestFolder()
        try RandomKit.writeSources(to: folder)
        let kit = RandomKit(pads: 30, seed: 7).kit
        let plan = try ImportPlan(kit, from: folder.path, layout: layout) { _ in SoundFacts(bpm: 92, role: .kick) }
        try Self.expectPlainFiles(of: plan, in: folder)
        let isByPad = layout == .kit || layout == .bank
        #expect(plan.items.count == (isByPad ? 30 : Set(kit.pads.map(\.sample)).count))
        for (pad, item) in zip(kit.pads, plan.items) where isByPad {
            let prefix = layout == .kit ? "pad_" : ""
            let number = (pad.address.pad < 10 ? "0" : "") + "\(pad.address.pad)_"
            #expect(item.target.hasPrefix("\(pad.address.bankLetter)/\(prefix)\(number)"), "\(item.target)")
        }
    }

    /// Carries the plan out, and reads what came of it.
    private static func expectPlainFiles(of plan: ImportPlan, in folder: TestFolder) throws {
        _ = try CarriedOut(plan, below: folder.file("card"))
        let read = PlainImportFolder(folder: folder.file("card/IMPORT"))
        #expect(read.complaints == [])
        let own = (plan.folder as NSString).lastPathComponent
        let paths = plan.items.map { "\(own)/\($0.target)" }
        #expect(plan.folder == "IMPORT/\(own)" && read.waves.keys.sorted() == paths.sorted())
        for (path, item) in zip(paths, plan.items) {
            let wave = try #require(read.waves[path])
            let source = try #require(RandomKit.sources.first { item.source == folder.file($0.name) })
            let frames = (wave.data?.count ?? 0) / (2 * source.channels)
            #expect(wave.channels == source.channels && abs(frames - source.frames * 48_000 / source.rate) <= 1)
            if source.rate == 48_000 {
                let original = try #require(PlainBytes(path: item.source))
                #expect(wave.samples == PlainWave(original).samples)
            }
        }
    }

    private static func sound(in folder: TestFolder, _ random: inout SplitMix64) -> ImportSound {
        let source = RandomKit.sources[Int.random(in: 0..<RandomKit.sources.count, using: &random)]
        var sound = ImportSound(folder.file(source.name))
        if Int.random(in: 0..<4, using: &random) > 0 { sound.name = name(&random) }
        if Bool.random(using: &random) { sound.facts.bpm = Double.random(in: 30...250, using: &random) }
        if Bool.random(using: &random) { sound.facts.key = Key.allCases.randomElement(using: &random) }
        if Bool.random(using: &random) { sound.facts.role = Role.allCases.randomElement(using: &random) }
        if Bool.random(using: &random) { sound.kit = ["", "Kit", "kIT", "Kít.", "con"].randomElement(using: &random) }
        if Bool.random(using: &random) { sound.pad = PadAddress.all.randomElement(using: &random) }
        return sound
    }

    /// What no card takes, among what it does.
    private static func name(_ random: inout SplitMix64) -> String {
        let parts = [
            "CON", "lpt1", ".", "..", "a/b", "a:b", "Kick", "kick", "Kíck", "日本", "🥁", " ", "\t", "snare?*", "ﬁ",
            "\"x\"",
            "_", "\\", String(repeating: "long ", count: 8), "\u{0}", "𝟙", "",
        ]
        let count = Int.random(in: 1...3, using: &random)
        return (0..<count).compactMap { _ in parts.randomElement(using: &random) }.joined()
    }
}
