import Foundation
import Testing

@testable import AudioCore

@Suite struct CutPlacerTests {
    /// Noise out of silence, over a room's noise, over a bass, and a kick: what slices of drums begin with.
    static let beds: [(name: String, bed: @Sendable (Int) -> [Float])] = [
        ("silence", { Array(repeating: 0, count: $0) }),
        (
            "room",
            { count in Array(Signals.noise(amplitude: 0.002, seconds: Double(count) / 44_100 + 1).prefix(count)) }
        ),
        ("bass", { count in (0..<count).map { 0.2 * sinf(2 * .pi * 55 * Float($0) / 44_100) } }),
    ]

    @Test(arguments: 0..<3, 1...4 as ClosedRange<UInt64>)
    func `a cut is at the attack or up to the snap before it, wherever the onset was told`(
        bed: Int, seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        for sound in [Signals.click(seed: seed), Signals.kick()] {
            var signal = Self.beds[bed].bed(44_100)
            for (index, value) in sound.enumerated() { signal[20_000 + index] += value }
            let told = 20_000 + Int.random(in: -440...440, using: &random)
            let cut = try #require(try placed(signal, [Cut(frame: told, kind: .attack)]).first)
            let attack = try #require(cut.attack)
            // The first sample of a sound may be as small as the room.
            #expect(attack <= 20_000 + 6, "\(Self.beds[bed].name)")
            #expect(attack >= 20_000 - 132, "\(Self.beds[bed].name)")
            #expect((attack - 221...attack).contains(cut.frame))
        }
    }

    @Test func `an attack out of silence is found to the sample`() throws {
        var signal = Signals.silence(seconds: 1)
        for (index, value) in Signals.click().enumerated() { signal[30_000 + index] = value }
        #expect(try placed(signal, [Cut(frame: 30_300, kind: .attack)]) == [PlacedCut(frame: 30_000, attack: 30_000)])
    }

    @Test func `a grid cut goes to the nearest zero crossing`() throws {
        let sine = Signals.sine(441, seconds: 1)
        // Crossings every 50 samples; one at 10,000 and one at 10,050.
        for (wanted, crossing) in [(10_010, 10_000), (10_040, 10_050)] {
            let cut = try #require(try placed(sine, [Cut(frame: wanted, kind: .grid)]).first)
            #expect(abs(cut.frame - crossing) <= 1)
            #expect(cut.attack == nil)
        }
    }

    @Test func `without a crossing a cut goes to the smallest sample, in an offset it stays`() throws {
        let valley = (0..<44_100).map { 0.1 + Float(abs($0 - 22_100)) / 44_100 }
        #expect(try placed(valley, [Cut(frame: 22_000, kind: .grid)]) == [PlacedCut(frame: 22_100)])
        let offset = [Float](repeating: 0.5, count: 44_100)
        #expect(try placed(offset, [Cut(frame: 22_000, kind: .grid)]) == [PlacedCut(frame: 22_000)])
        #expect(try placed(valley, [Cut(frame: 22_000, kind: .grid)], snap: 0) == [PlacedCut(frame: 22_000)])
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `any portions give the same cuts, near where they were wanted`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let channels = Int.random(in: 1...3, using: &random)
        let noise = Signals.noise(seconds: 0.5 * Double(channels), seed: seed)
        let frames = noise.count / channels
        let cuts = (0..<30).map { _ in
            Cut(
                frame: .random(in: -10...(frames + 10), using: &random),
                kind: Bool.random(using: &random) ? .grid : .attack)
        }.sorted { $0.frame < $1.frame }
        let whole = try placed(Array(noise.prefix(frames * channels)), cuts, channels: channels, portion: frames)
        for portion in [1, 13, 1_000, 4_096] {
            let cut = try placed(Array(noise.prefix(frames * channels)), cuts, channels: channels, portion: portion)
            #expect(cut == whole)
        }
        #expect(whole.count >= cuts.count { $0.frame < frames } - 1)
        for (cut, found) in zip(cuts, whole) where cut.frame >= 0 && cut.frame < frames {
            #expect(abs(found.frame - cut.frame) <= Int(0.0271 * 44_100) + 220)
            #expect((0..<frames).contains(found.frame))
        }
    }

    @Test(arguments: [8_000, 384_000])
    func `at the ends of what is decoded, and where there is next to nothing`(rate: Int) throws {
        let cuts = [Cut(frame: 0, kind: .attack), Cut(frame: 1, kind: .attack), Cut(frame: 2, kind: .grid)]
        for samples in [[], [1], [0.5, -0.5, 0.25], Signals.noise(seconds: 0.001)] as [[Float]] {
            let found = try placed(samples, cuts, rate: rate)
            #expect(found.allSatisfy { (0..<samples.count).contains($0.frame) })
        }
    }

    private func placed(
        _ samples: [Float], _ cuts: [Cut], channels: Int = 1, portion: Int = 5_000, rate: Int = 44_100,
        snap: Double = 0.005
    ) throws -> [PlacedCut] {
        let placer = try CutPlacer(
            cuts: cuts, sampleRate: rate, channels: channels, options: SliceOptions(snap: snap))
        pushed(samples, channels: channels, portion: portion) { placer.push($0) }
        return placer.finish()
    }
}
