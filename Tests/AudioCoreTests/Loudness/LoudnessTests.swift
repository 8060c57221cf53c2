import Foundation
import Testing

@testable import AudioCore

@Suite struct LoudnessTests {
    @Test(arguments: EBUVectors.loudness, EBUVectors.rates)
    func `EBU Tech 3341 and 3342`(vector: EBUVectors.Loudness, rate: Int) throws {
        let reading = try #require(vector.reading(vector.measured(rate: rate)))
        #expect(abs(reading - vector.expect) <= vector.tolerance)
    }

    @Test func `the vectors hold twelve cases of loudness and five of true peak`() {
        #expect(EBUVectors.loudness.count == 12)
        #expect(EBUVectors.truePeak.count == 5)
    }

    @Test(arguments: [8_000, 11_025, 22_050, 32_000, 44_100, 88_200, 96_000, 192_000, 384_000])
    func `a 1 kHz sine at −23 dBFS in stereo reads −23 LUFS at every rate`(rate: Int) throws {
        let sine = Signals.sine(1000, amplitude: pow(10, -23 / 20), seconds: 1, rate: Double(rate))
        let meter = LoudnessMeter(sine.onBothChannels, rate: rate, channels: 2)
        #expect(abs(try #require(meter.integrated) + 23) <= 0.1)
        #expect(abs(try #require(meter.momentaryMaximum) + 23) <= 0.1)
    }

    @Test func `mono reads 3.01 LU below the same in stereo`() throws {
        let sine = Signals.sine(1000, seconds: 1, rate: 48_000)
        let mono = try #require(LoudnessMeter(sine, rate: 48_000).integrated)
        let stereo = try #require(LoudnessMeter(sine.onBothChannels, rate: 48_000, channels: 2).integrated)
        #expect(abs(stereo - mono - 3.0103) < 1e-6)
    }

    @Test func `dual mono reads as the same in stereo`() {
        let noise = Signals.noise(seconds: 1)
        let stereo = LoudnessMeter(noise.onBothChannels, rate: 44_100, channels: 2)
        let dual = LoudnessMeter(noise, rate: 44_100, layout: .dualMono)
        #expect(dual.integrated == stereo.integrated)
        #expect(dual.momentaryMaximum == stereo.momentaryMaximum)
    }

    @Test func `twice the amplitude reads 6.02 LU more`() throws {
        let noise = Signals.noise(seconds: 2)
        let quiet = try #require(LoudnessMeter(noise, rate: 44_100).integrated)
        let loud = try #require(LoudnessMeter(noise.map { 2 * $0 }, rate: 44_100).integrated)
        #expect(abs(loud - quiet - 6.0206) < 0.001)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `any portions give the same bits as the whole at once`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let channels = Int.random(in: 1...6, using: &random)
        let frames = Int.random(in: 1...150_000 / channels, using: &random)
        let planar = Array(Signals.noise(amplitude: 0.9, seconds: 4, seed: seed).prefix(channels * frames))
        var whole = LoudnessMeter(sampleRate: 22_050, layout: .standard(channels: channels))
        var portions = whole
        whole.push(planar, stride: frames, count: frames)
        var start = 0
        while start < frames {
            let count = min(frames - start, [1, 7, 220, 4096, 65_536].randomElement(using: &random) ?? 1)
            planar.withUnsafeBufferPointer { samples in
                guard let base = samples.baseAddress else { return }
                portions.push(base + start, stride: frames, count: count)
            }
            start += count
        }
        #expect(whole.integrated == portions.integrated)
        #expect(whole.range == portions.range)
        #expect(whole.momentaryMaximum == portions.momentaryMaximum)
        #expect(whole.shortTermMaximum == portions.shortTermMaximum)
    }

    @Test(arguments: Reference.all)
    func `agrees with libebur128 within 0.05 LU, the range within 0.1 LU`(name: String) throws {
        let reference = try Reference(name)
        let meter = LoudnessMeter(reference.signal(), rate: reference.sample_rate)
        switch (meter.integrated, reference.loudness.integrated_lufs) {
        case (let loudness?, let expected?): #expect(abs(loudness - expected) <= 0.05)
        case (let loudness, let expected): #expect(loudness == expected)
        }
        // It looks at 3 s once a second, not ten times, and says 0 where there is no range.
        let windows = meter.windows.powers(LoudnessWindows.shortTerm)
        let seconds = stride(from: 0, to: windows.count, by: 10).map { windows[$0] }
        #expect(abs((LoudnessGate.range(seconds) ?? 0) - reference.loudness.lra_lu) <= 0.1)
    }

    @Test func `the range is told from ten windows a second`() throws {
        // 3 s hold 8.7 of these clicks: eight in three windows of ten, nine in the others.
        let meter = LoudnessMeter(Signals.beats(bpm: 174, seconds: 10, sound: Signals.click()), rate: 44_100)
        #expect(abs(try #require(meter.range) - 10 * log10(9.0 / 8)) <= 0.01)
    }

    @Test func `the filters at 48 kHz have the coefficients of BS.1770-4`() {
        let filter = KWeighting(sampleRate: 48_000)
        let shelf = [filter.shelf.b0, filter.shelf.b1, filter.shelf.b2, filter.shelf.a1, filter.shelf.a2]
        let table = [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585]
        #expect(zip(shelf, table).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(abs(filter.highPass.a1 + 1.99004745483398) < 1e-9)
        #expect(abs(filter.highPass.a2 - 0.99007225036621) < 1e-9)
    }
}
