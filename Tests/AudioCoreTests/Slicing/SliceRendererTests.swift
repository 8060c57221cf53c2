import Testing

@testable import AudioCore

@Suite struct SliceRendererTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `slices without fades, put together again, are the whole to the bit`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (samples, channels) = made(seed, &random)
        let cuts = (0..<20).map { _ in PlacedCut(frame: .random(in: 0..<samples.count / channels, using: &random)) }
        let plan = try SlicePlan(
            cuts: cuts, frames: samples.count / channels, sampleRate: 44_100,
            options: SliceOptions(fade: 0, minimumLength: 0))
        let portion = Int.random(in: 1...5_000, using: &random)
        #expect(rendered(samples, plan, channels, portion).flatMap { $0 } == samples)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `any portions give the same bits, and only the fades differ from the source`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (samples, channels) = made(seed, &random)
        let frames = samples.count / channels
        let plan = try SlicePlan(
            cuts: [2_000, 5_000, 5_500].map { PlacedCut(frame: $0) }, frames: frames, sampleRate: 44_100,
            options: SliceOptions(fade: 0.005, minimumLength: 0.01))
        let whole = rendered(samples, plan, channels, frames)
        for portion in [1, 17, 2_000, 4_096] { #expect(rendered(samples, plan, channels, portion) == whole) }
        for (slice, sound) in zip(plan.slices, whole) {
            #expect(sound.count == slice.range.count * channels)
            let kept = slice.fadeIn * channels..<(slice.range.count - slice.fadeOut) * channels
            let start = slice.range.lowerBound * channels
            #expect(Array(sound[kept]) == Array(samples[(start + kept.lowerBound)..<(start + kept.upperBound)]))
        }
    }

    @Test func `a fade rises evenly and mirrors the one that falls`() throws {
        let plan = SlicePlan(slice: AudioSlice(range: 10..<60, fadeIn: 20, fadeOut: 20), frames: 80)
        let sound = rendered(Array(repeating: 1, count: 80), plan, 1, 7)[0]
        #expect(sound.count == 50 && sound[20..<30].allSatisfy { $0 == 1 })
        #expect(zip(sound, sound.reversed()).allSatisfy { $0 == $1 })
        #expect(zip(sound[..<20], sound[1...20]).allSatisfy { $0 < $1 })
        // Equal gain: what comes in and what goes out add up to one.
        #expect((0..<20).allSatisfy { abs(sound[$0] + sound[19 - $0] - 1) < 1e-6 })
        #expect(sound[0] > 0 && sound[0] < 0.01)
    }

    private func made(_ seed: UInt64, _ random: inout SplitMix64) -> ([Float], Int) {
        let channels = Int.random(in: 1...4, using: &random)
        let noise = Signals.noise(seconds: 0.2 * Double(channels), seed: seed)
        return (Array(noise.prefix(noise.count / channels * channels)), channels)
    }

    private func rendered(_ samples: [Float], _ plan: SlicePlan, _ channels: Int, _ portion: Int) -> [[Float]] {
        var sounds = [[Float]](repeating: [], count: plan.slices.count)
        let renderer = SliceRenderer(plan: plan, channels: channels)
        pushed(samples, channels: channels, portion: portion) { renderer.push($0) { sounds[$0] += $1 } }
        return sounds
    }
}

extension SlicePlan {
    fileprivate init(slice: AudioSlice, frames: Int) {
        self.init(slices: [slice], frames: frames, sampleRate: 44_100)
    }
}
