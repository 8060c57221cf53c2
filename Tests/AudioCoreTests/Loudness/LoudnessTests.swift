import Foundation
import Testing

@testable import AudioCore

@Suite struct LoudnessTests {
    @Test(arguments: EBUVectors.integrated, EBUVectors.rates)
    func `EBU Tech 3341: integrated loudness`(vector: EBUVectors.Loudness, rate: Int) throws {
        let loudness = try #require(integrated(vector.signal(rate: rate), rate: rate, channels: vector.channels))
        #expect(abs(loudness - vector.expect) <= vector.tolerance)
    }

    @Test(arguments: [8_000, 11_025, 22_050, 32_000, 44_100, 88_200, 96_000, 192_000])
    func `a 1 kHz sine at −23 dBFS in stereo reads −23 LUFS at every rate`(rate: Int) throws {
        let sine = Signals.sine(1000, amplitude: pow(10, -23 / 20), seconds: 2, rate: Double(rate))
        let loudness = try #require(integrated(sine.flatMap { [$0, $0] }, rate: rate, channels: 2))
        #expect(abs(loudness + 23) <= 0.1)
    }

    @Test func `mono reads 3.01 LU below the same in stereo`() throws {
        let sine = Signals.sine(1000, seconds: 1, rate: 48_000)
        let mono = try #require(integrated(sine, rate: 48_000, channels: 1))
        let stereo = try #require(integrated(sine.flatMap { [$0, $0] }, rate: 48_000, channels: 2))
        #expect(abs(stereo - mono - 3.0103) < 1e-6)
    }

    @Test func `twice the amplitude reads 6.02 LU more`() throws {
        let noise = Signals.noise(seconds: 2)
        let quiet = try #require(integrated(noise, rate: 44_100, channels: 1))
        let loud = try #require(integrated(noise.map { 2 * $0 }, rate: 44_100, channels: 1))
        #expect(abs(loud - quiet - 6.0206) < 0.001)
    }

    @Test func `silence, 399 ms and what lies below −70 LUFS have no loudness`() {
        #expect(integrated(Signals.silence(seconds: 1), rate: 44_100, channels: 1) == nil)
        #expect(integrated(Signals.sine(1000, seconds: 0.399), rate: 44_100, channels: 1) == nil)
        let whisper = Signals.sine(1000, amplitude: 1e-4, seconds: 1)
        #expect(integrated(whisper, rate: 44_100, channels: 1) == nil)
    }

    @Test(arguments: Reference.all)
    func `agrees with libebur128 within 0.05 LU`(name: String) throws {
        let reference = try Reference(name)
        let loudness = integrated(reference.signal(), rate: reference.sample_rate, channels: 1)
        switch (loudness, reference.loudness.integrated_lufs) {
        case (let loudness?, let expected?): #expect(abs(loudness - expected) <= 0.05)
        case (let loudness, let expected): #expect(loudness == expected)
        }
    }

    @Test func `the filters at 48 kHz have the coefficients of BS.1770-4`() {
        let filter = KWeighting(sampleRate: 48_000)
        let shelf = [filter.shelf.b0, filter.shelf.b1, filter.shelf.b2, filter.shelf.a1, filter.shelf.a2]
        let table = [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585]
        #expect(zip(shelf, table).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(abs(filter.highPass.a1 + 1.99004745483398) < 1e-9)
        #expect(abs(filter.highPass.a2 - 0.99007225036621) < 1e-9)
    }

    private func integrated(_ interleaved: [Float], rate: Int, channels: Int) -> Double? {
        var meter = LoudnessMeter(sampleRate: Double(rate), channels: channels)
        let frames = interleaved.count / channels
        let planar = (0..<channels).flatMap { channel in
            stride(from: channel, to: interleaved.count, by: channels).map { interleaved[$0] }
        }
        planar.withUnsafeBufferPointer { samples in
            if let base = samples.baseAddress { meter.push(base, stride: frames, count: frames) }
        }
        return meter.integrated
    }
}
