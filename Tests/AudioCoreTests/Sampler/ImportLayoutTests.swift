import Foundation
import Testing

@testable import AudioCore

@Suite struct ImportLayoutTests {
    @Test(
        arguments: [
            (nil, "no_tempo"), (55, "under_70"), (69.99, "under_70"), (70, "70-90"), (89.9, "70-90"), (90, "90-110"),
            (110, "110-130"), (130, "130-150"), (150, "130-150"), (150.01, "over_150"), (.infinity, "over_150"),
            (.nan, "no_tempo"),
        ] as [(Double?, String)])
    func `a tempo has its folder`(bpm: Double?, folder: String) {
        #expect(ImportLayout.tempo.folder(for: SoundFacts(bpm: bpm)) == folder)
    }

    @Test func `every key and role has a folder that a card takes`() {
        #expect(ImportLayout.key.folder(for: SoundFacts(key: Key(.cSharp, .minor))) == "C#_minor")
        #expect(ImportLayout.key.folder(for: SoundFacts()) == "no_key")
        #expect(ImportLayout.role.folder(for: SoundFacts(role: .closedHat)) == "closed-hat")
        #expect(ImportLayout.role.folder(for: SoundFacts()) == "no_role")
        let facts = Key.allCases.map { SoundFacts(key: $0) } + Role.allCases.map { SoundFacts(role: $0) }
        let folders = facts.flatMap { facts in ImportLayout.allCases.compactMap { $0.folder(for: facts) } }
        #expect(Set(folders).count == 24 + Role.allCases.count + 3)
        #expect(folders.allSatisfy { DeviceName.name($0) == $0 })
    }

    @Test func `what an analysis found is what sounds are sorted by`() {
        var features = AudioFeatures(duration: 1, sampleRate: 48_000, channels: 1, frames: 48_000, kind: .loop)
        #expect(SoundFacts(features) == SoundFacts())
        features.rhythm.tempo = Tempo(bpm: 93, confidence: 1, candidates: [], agreement: 1)
        features.tonality.key = KeyEstimate(key: Key(.a, .minor), confidence: 1, candidates: [], tuning: 0)
        features.role = RoleEstimate(role: .drums, confidence: 1, reason: "", candidates: [])
        #expect(SoundFacts(features) == SoundFacts(bpm: 93, key: Key(.a, .minor), role: .drums))
    }

    @Test func `files go to the folders of a layout under names of their own`() {
        let sounds = [
            ImportSound("/a/Kick.wav", facts: SoundFacts(bpm: 92, role: .kick)),
            ImportSound("/b/kick.aif", facts: SoundFacts(bpm: 100)),
            ImportSound("/b/Ä loop.flac", facts: SoundFacts(bpm: 60, key: Key(.d, .major))),
        ]
        #expect(targets(sounds, .flat) == ["Kick.wav", "kick_2.wav", "A_loop.wav"])
        #expect(targets(sounds, .tempo) == ["90-110/Kick.wav", "90-110/kick_2.wav", "under_70/A_loop.wav"])
        #expect(targets(sounds, .key) == ["no_key/Kick.wav", "no_key/kick_2.wav", "D_major/A_loop.wav"])
        #expect(targets(sounds, .role) == ["kick/Kick.wav", "no_role/kick.wav", "no_role/A_loop.wav"])
        #expect(targets(sounds, .kit) == ["a/pad_01_Kick.wav", "b/pad_01_kick.wav", "b/pad_02_A_loop.wav"])
        #expect(targets(sounds, .bank) == ["A/01_Kick.wav", "A/02_kick.wav", "A/03_A_loop.wav"])
        let plan = ImportPlan(sounds, name: "Mein Ordner ü", layout: .flat, format: .aiff)
        #expect(plan.folder == "IMPORT/Mein_Ordner_u" && plan.items.map(\.target)[0] == "Kick.aif")
        #expect(ImportPlan([], name: "日本").folder == "IMPORT/samples")
    }

    @Test func `folders of one name in different places are different kits`() {
        let sounds = ["/x/Kit/a.wav", "/y/kit/a.wav", "/x/Kit/b.wav"].map { ImportSound($0) }
        #expect(targets(sounds, .kit) == ["Kit/pad_01_a.wav", "kit_2/pad_01_a.wav", "Kit/pad_02_b.wav"])
    }

    @Test func `banks hold 16 each, and what comes after the tenth is told`() {
        let sounds = (0..<163).map { ImportSound("/k/s\($0).wav") }
        let plan = ImportPlan(sounds, name: "n", layout: .bank)
        #expect(plan.items.map(\.pad) == PadAddress.all.map(Optional.some))
        #expect(plan.items[16].target == "B/01_s16.wav" && plan.items[159].target == "J/16_s159.wav")
        #expect(plan.omissions.count == 3)
        #expect(plan.omissions[0].description.contains("'/k/s160.wav' stays off the card"))
        #expect(targets(sounds, .kit)[17] == "k/B/pad_02_s17.wav")
        // Given pads stay, the others go around them.
        let given = [ImportSound("a.wav"), ImportSound("b.wav", pad: PadAddress.all[0])]
        #expect(targets(given, .bank) == ["A/02_a.wav", "A/01_b.wav"])
    }

    @Test func `a kit keeps its pads, and what an IMPORT folder does not keep is told`() throws {
        let (kick, snare) = try (#require(PadAddress("A13")), #require(PadAddress("A14")))
        var (first, second) = (KitPad(kick, sample: "kick one.wav"), KitPad(snare, sample: "kick one.wav"))
        (first.name, second.level) = ("Bumm ä", 100)
        let kit = Kit(name: "Night Bus", pads: [second, first])
        let plan = try ImportPlan(kit, from: "/base")
        #expect(plan.folder == "IMPORT/Night_Bus")
        #expect(plan.items.map(\.target) == ["pad_13_Bumm_a.wav", "pad_14_kick_one.wav"])
        #expect(plan.items.map(\.source) == ["/base/kick one.wav", "/base/kick one.wav"])
        #expect(plan.problems.map(\.description).joined().hasPrefix("how 1 pad plays is not kept"))
        var asked: [String] = []
        let byTempo = try ImportPlan(kit, from: "/base", layout: .tempo) {
            asked.append($0)
            return SoundFacts(bpm: 92)
        }
        #expect(byTempo.items.map(\.target) == ["90-110/Bumm_a.wav"] && asked == ["/base/kick one.wav"])
        #expect(throws: SamplerError.self) { try ImportPlan(Kit(name: ""), from: "/") }
    }

    @Test func `thousands of files are planned at once`() {
        let sounds = (0..<4_000).map { ImportSound("/\($0 % 50)/Kick ä \($0 / 10 % 7).wav") }
        for layout in ImportLayout.allCases {
            let plan = ImportPlan(sounds, name: "n", layout: layout)
            #expect(Set(plan.items.map { $0.target.lowercased() }).count == plan.items.count)
            #expect(plan.items.count + plan.omissions.count == 4_000)
        }
    }

    private func targets(_ sounds: [ImportSound], _ layout: ImportLayout) -> [String] {
        ImportPlan(sounds, name: "n", layout: layout).items.map(\.target)
    }
}
