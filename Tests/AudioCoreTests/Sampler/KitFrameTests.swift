import Testing

@testable import AudioCore

/// Tempo, key, level, and kits around a sound or out of another kit.
@Suite struct KitFrameTests {
    private let a13 = PadAddress.all[12]

    @Test func `the tempo is that of the loop in the middle`() throws {
        #expect(KitTempo.median(of: []) == 120)
        #expect(KitTempo.median(of: [100, 140]) == 100)
        #expect(KitTempo.median(of: [90, 100, 174]) == 100)
        #expect(KitTempo.folded(30) == 60 && KitTempo.folded(240) == 120 && KitTempo.folded(0) == nil)
        #expect(KitTempo.folded(.nan) == nil && KitTempo.folded(.infinity) == nil)
        let loops = [90.0, 100, 174].map { MadeSound.loop("at \($0)", .drums, bpm: $0) }
        #expect(try KitBuilder().build(from: loops).kit.bpm == 100)
        #expect(try KitBuilder(bpm: 88).build(from: loops).kit.bpm == 88)
    }

    @Test func `loops that would be stretched too much are left out, double and half tempo are not`() throws {
        let loops = [MadeSound.loop("off", .drums, bpm: 110), MadeSound.loop("half", .drums, bpm: 60, sure: 0.3)]
        let built = try KitBuilder(bpm: 120).build(from: loops)
        #expect(built.kit.pads.map(\.sample) == ["half"])
        #expect(built.kit.pads.first?.reason?.contains("at half tempo") == true)
        #expect(built.empty.first { $0.address.pad == 2 }?.reason == "1 on other pads, 1 not within 8 % of 120 BPM")
    }

    @Test func `keys go together`() throws {
        let aMinor = Key(.a, .minor)
        let keys = [aMinor, Key(.c, .major), Key(.e, .minor), aMinor, Key(.gSharp, .major)]
        let loops = keys.enumerated().map { MadeSound.loop("loop \($0)", .melodic, bpm: 120, key: $1) }
        let built = try KitBuilder().build(from: loops)
        #expect(built.frame.key == aMinor)
        // The fifth loop clashes with the rest, and there are four pads.
        #expect(Set(built.kit.pads.map(\.sample)) == ["loop 0", "loop 1", "loop 2", "loop 3"])
        #expect(KitHarmony.key(of: []) == nil)
        #expect(KitHarmony.fit(of: MadeSound.hit("c", .melodic, note: 60).summary, with: aMinor) == .noteOfScale)
        #expect(KitHarmony.fit(of: MadeSound.hit("d", .melodic, note: 61).summary, with: aMinor) == .foreignNote)
        #expect(KitHarmony.fit(of: MadeSound.hit("e", .melodic).summary, with: aMinor) == .unknown)
    }

    @Test func `the loud come down to the quiet, nothing goes up`() throws {
        let sounds = [
            MadeSound.hit("kick", .kick, loudness: -14), MadeSound.hit("snare", .snare, loudness: -20),
            MadeSound.hit("closed", .closedHat, loudness: -18), MadeSound.hit("open", .openHat, loudness: -40),
        ]
        let kit = try KitBuilder().build(from: sounds).kit
        // The median is −19: −40 is an exception, the others come down to −25.
        let levels = Dictionary(uniqueKeysWithValues: kit.pads.map { ($0.sample, $0.level) })
        #expect(levels == ["kick": 36, "snare": 71, "closed": 57, "open": 127])
        for (sound, level) in sounds.map({ ($0, levels[$0.sample] ?? 0) }) where level < 127 {
            let heard = try #require(sound.loudness) + (try #require(LevelMatch.gain(of: level)))
            #expect(abs(heard + 25) < 0.15)
        }
        #expect(LevelMatch.level(of: 0, target: -200) == 1 && LevelMatch.level(of: nil, target: -20) == 127)
        #expect(LevelMatch.level(of: .nan, target: -20) == 127 && LevelMatch.gain(of: 0) == nil)
    }

    @Test func `a given sound comes where it belongs, and sets tempo and key`() throws {
        let given = MadeSound.loop("given", .bass, bpm: 92, key: Key(.d, .minor), sure: 0.2)
        let built = try KitBuilder().build(from: MadeSound.oneOfEach, around: given)
        #expect(built.kit.bpm == 92 && built.frame.key == Key(.d, .minor))
        #expect(built.kit.pads.first { $0.sample == "given" }?.address.pad == 2)
        #expect(built.kit.pads.first { $0.sample == "given" }?.reason?.hasPrefix("given; bass, 0.20 sure") == true)
        // 8 drums and, with loops at 120 that do not go with 92 left out, the four other notes.
        #expect(built.kit.pads.filter { $0.address.pad >= 9 }.count == 8)
        #expect(built.kit.pads.count == 13)
    }

    @Test func `what is like the given sound is preferred`() throws {
        let given = MadeSound.hit("given", .snare)
        let far = MadeSound.hit("a far", .kick)
        var near = MadeSound.hit("b near", .kick)
        let middle = try #require(given.summary.vector)
        // Half a unit away: like it, and no copy of it.
        near.summary.vector = SimilarityVector(middle.values.enumerated().map { $1 + ($0 < 25 ? 0.1 : 0) })
        let kit = try KitBuilder().build(from: [far, near], around: given).kit
        #expect(kit[a13]?.sample == "b near")
        #expect(kit[a13]?.reason?.contains("like the given sound") == true)
    }

    @Test func `a given sound that no pad can play is an error`() {
        let given = MadeSound.hit("click", .kick, seconds: 0.05)
        let error = SamplerError.unfit(
            file: "click", reason: "shorter than 0.1 s", remedy: "lengthen it with silence")
        #expect(throws: error) { try KitBuilder().build(from: [], around: given) }
    }

    @Test func `pads of a kit that is completed stay as they are`() throws {
        var mine = KitPad(a13, sample: "mine")
        (mine.level, mine.pitch, mine.reverse) = (100, -3, true)
        let kit = Kit(name: "Mine", bpm: 77, pads: [mine])
        let sounds = MadeSound.oneOfEach + [MadeSound.hit("mine", .kick, loudness: -23)]
        let built = try KitBuilder().build(from: sounds, completing: kit)
        #expect(built.kit[a13] == mine && built.kit.name == "Mine" && built.kit.bpm == 77)
        #expect(built.kit.pads.filter { $0.sample == "mine" }.count == 1)
        // −23 LUFS at level 100 is −25.1: what is −20 comes down to that.
        #expect(built.kit.pads.first { $0.sample == "snare" }?.level == 71)
        let full = try KitBuilder().build(from: MadeSound.oneOfEach, completing: built.kit)
        #expect(full.kit == built.kit)
    }

    @Test func `a broken kit is not completed`() {
        let kit = Kit(name: "", pads: [KitPad(a13, sample: "a"), KitPad(a13, sample: "b")])
        #expect(throws: SamplerError.unusableKit(kit.problems)) { try KitBuilder().build(from: [], completing: kit) }
    }
}
