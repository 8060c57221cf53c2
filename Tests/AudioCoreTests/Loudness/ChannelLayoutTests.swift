import Foundation
import Testing

@testable import AudioCore

@Suite struct ChannelLayoutTests {
    /// A tone on one channel of six.
    private func loudness(on channel: Int, _ layout: ChannelLayout) -> Double? {
        let sine = Signals.sine(1000, amplitude: 0.1, seconds: 0.5, rate: 8_000)
        let channels = layout.speakers.count
        let interleaved = sine.flatMap { value in (0..<channels).map { $0 == channel ? value : 0 } }
        return LoudnessMeter(interleaved, rate: 8_000, channels: channels, layout: layout).integrated
    }

    @Test func `5.1: the surrounds read 1.49 LU more than the front, the LFE nothing`() throws {
        let layout = ChannelLayout.standard(channels: 6)
        let front = try #require(loudness(on: 0, layout))
        #expect(loudness(on: 1, layout) == front && loudness(on: 2, layout) == front)
        #expect(loudness(on: 3, layout) == nil)
        #expect(abs(try #require(loudness(on: 4, layout)) - front - 1.4922) < 0.001)
        #expect(loudness(on: 5, layout) == loudness(on: 4, layout))
    }

    @Test(arguments: [AudioFormat.ogg, .opus])
    func `Vorbis and Opus keep the LFE of 5.1 last`(format: AudioFormat) {
        let layout = ChannelLayout(format: format, channels: 6)
        #expect(layout.weights == [1, 1, 1, 1.41, 1.41, 0])
    }

    @Test(arguments: [nil, .wav, .aiff, .flac, .mp3] as [AudioFormat?])
    func `the others keep it fourth`(format: AudioFormat?) {
        #expect(ChannelLayout(format: format, channels: 6).weights == [1, 1, 1, 0, 1.41, 1.41])
    }

    @Test(arguments: 1...64)
    func `every channel has a weight in either order, and as many of each`(channels: Int) {
        let (standard, vorbis) = (ChannelLayout.standard(channels: channels), ChannelLayout.vorbis(channels: channels))
        #expect(standard.weights.count == channels)
        #expect(standard.weights.sorted() == vorbis.weights.sorted())
    }

    static let masks: [(mask: UInt32, weights: [Double])] = [
        (0x3F, [1, 1, 1, 0, 1.41, 1.41]),  // 5.1, surrounds called back
        (0x60F, [1, 1, 1, 0, 1.41, 1.41]),  // 5.1, surrounds called side
        (0x37, [1, 1, 1, 1.41, 1.41]),  // 5.0
        (0x63F, [1, 1, 1, 0, 1, 1, 1.41, 1.41]),  // 7.1: back is behind the surrounds
        (0xB, [1, 1, 0]),  // 2.1
        (0x107, [1, 1, 1, 1]),  // L C R and a back centre
        (0x33, [1, 1, 1.41, 1.41]),  // quadraphonic
    ]

    @Test(arguments: masks)
    func `the mask of a WAV tells the places`(mask: UInt32, weights: [Double]) {
        #expect(ChannelLayout(format: .wav, channels: weights.count, mask: mask).weights == weights)
    }

    @Test(arguments: [0, 0x3, 0x8000_0000] as [UInt32])
    func `a mask that leaves channels without a place is not believed`(mask: UInt32) {
        let layout = ChannelLayout(format: .wav, channels: 6, mask: mask)
        #expect(layout == .standard(channels: 6))
    }

    @Test func `mono and stereo have no places`() {
        #expect(ChannelLayout(format: .wav, channels: 1, mask: 0x8).weights == [1])
        #expect(ChannelLayout(format: .wav, channels: 2, mask: 0x600).weights == [1, 1])
        #expect(ChannelLayout.dualMono.weights == [2])
    }
}
