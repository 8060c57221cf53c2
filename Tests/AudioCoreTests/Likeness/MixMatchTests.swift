import Testing

@testable import AudioCore

@Suite struct MixMatchTests {
    /// From a key: the hours of the same letter and of the other one that fit.
    @Test(arguments: Key.allCases)
    func `of 24 keys four fit each other, and one lifts the energy`(key: Key) {
        let mixes = Key.allCases.map { HarmonicMix(from: key, to: $0) }
        #expect(mixes.count { $0 == .sameKey } == 1)
        #expect(mixes.count { $0 == .relative } == 1)
        #expect(mixes.count { $0 == .neighbour } == 2)
        #expect(mixes.count { $0 == .energyBoost } == 1)
        #expect(mixes.count(where: \.fits) == 4)
        #expect(HarmonicMix(from: key, to: key.shifted(by: 7)) == .neighbour)
        #expect(HarmonicMix(from: key, to: key.shifted(by: 1)) == .energyBoost)
        #expect(key.shifted(by: 12) == key && key.shifted(by: -1).shifted(by: 1) == key)
    }

    @Test func `fitting keys fit both ways`() {
        for key in Key.allCases {
            for other in Key.allCases {
                #expect(HarmonicMix(from: key, to: other).fits == HarmonicMix(from: other, to: key).fits)
                // The same notes, or all but one: how the wheel is built.
                let relation = key == other || key.relation(to: other).map { $0 != .parallel } == true
                #expect(HarmonicMix(from: key, to: other).fits == relation)
            }
        }
    }

    @Test(arguments: [
        (Key(.a, .minor), Key(.c, .major), 0), (Key(.a, .minor), Key(.e, .minor), 0),
        (Key(.c, .major), Key(.cSharp, .major), 1), (Key(.c, .major), Key(.b, .major), -1),
        (Key(.c, .major), Key(.d, .major), 2), (Key(.c, .major), Key(.fSharp, .major), -1),
        (Key(.c, .major), Key(.c, .minor), 3), (Key(.c, .minor), Key(.c, .major), -3),
    ])
    func `the smallest shift that fits is taken`(key: Key, target: Key, shift: Int) throws {
        let found = try #require(MixMatch.shift(of: key, to: target, most: 6))
        let least = (0...6).first { size in
            [size, -size].contains { HarmonicMix(from: target, to: key.shifted(by: $0)).fits }
        }
        #expect(abs(found) == least)
        #expect(HarmonicMix(from: target, to: key.shifted(by: found)).fits)
        #expect(found == shift)
    }

    @Test func `keys of one scale meet within two semitones, all within six`() throws {
        for key in Key.allCases {
            for other in Key.allCases {
                let shift = try #require(MixMatch.shift(of: key, to: other, most: 6))
                if key.scale == other.scale { #expect(abs(shift) <= 2) }
            }
        }
        #expect(MixMatch.shift(of: Key(.c, .major), to: Key(.cSharp, .major), most: 0) == nil)
    }

    @Test(arguments: [
        (120.0, 120.0, 1.0, 1.0), (120, 126, 1.05, 1), (174, 87, 1, 2), (60, 120, 1, 0.5), (90, 174, 0.9667, 0.5),
        (120, 111, 0.925, 1),
    ])
    func `tempos meet at the same, half or double`(bpm: Double, target: Double, speed: Double, beats: Double) throws {
        let fit = try #require(TempoFit(bpm: bpm, to: target))
        #expect(abs(fit.speed - speed) < 1e-4 && fit.beats == beats)
    }

    @Test func `a stretch beyond the limit is refused, and so is what is no tempo`() {
        #expect(TempoFit(bpm: 100, to: 108) != nil)
        #expect(TempoFit(bpm: 100, to: 108.1) == nil)
        #expect(TempoFit(bpm: 100, to: 104, limit: 3) == nil)
        #expect(TempoFit(bpm: 0, to: 100) == nil && TempoFit(bpm: .nan, to: 100) == nil)
    }

    @Test func `the least change comes first, and nothing is claimed where nothing is known`() throws {
        let song = SoundSummary(duration: 200, kind: .song, bpm: 120, key: Key(.a, .minor))
        let close = SoundSummary(duration: 4, kind: .loop, bpm: 122, key: Key(.e, .minor))
        let far = SoundSummary(duration: 4, kind: .loop, bpm: 120, key: Key(.aSharp, .minor))
        let (one, other) = try (#require(MixMatch(of: close, to: song)), #require(MixMatch(of: far, to: song)))
        #expect(one.change < other.change && other.shift == -1 && one.shift == 0)
        #expect(MixMatch(of: SoundSummary(duration: 1, kind: .oneShot), to: song) == nil)
        let drums = SoundSummary(duration: 4, kind: .loop, bpm: 60)
        #expect(MixMatch(of: drums, to: song)?.mix == nil && MixMatch(of: drums, to: song)?.tempo?.beats == 0.5)
    }
}
