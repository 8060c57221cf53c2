import Foundation
import Testing

@testable import AudioCore

@Suite struct SpectrogramTests {
    private let size = PictureSize.test(width: 64, height: 96)

    @Test(arguments: [110, 440, 1_000, 5_000, 15_000] as [Double], [true, false])
    func `a sine is brightest at its pitch, in every column`(frequency: Double, isKnown: Bool) {
        let spectrogram = measure(Signals.sine(frequency, seconds: 2), isKnown: isKnown)
        let bank = MelBank(bands: 96, sampleRate: 44_100, frameLength: 2048, isSmooth: true)
        let band = nearest(bank.edges, frequency)
        for column in 1..<63 { #expect(abs(spectrogram.loudestBand(column) - band) <= 1) }
    }

    @Test(arguments: [true, false])
    func `a click is seen where it is, and nowhere else`(isKnown: Bool) {
        var signal = Signals.silence(seconds: 4)
        signal[100_000] = 1
        let spectrogram = measure(signal, isKnown: isKnown)
        let picture = spectrogram.picture()
        let bright = (0..<64).filter { column in (0..<96).contains { picture.pixels[$0 * 64 + column] > 0 } }
        // A frame of 2,048 samples reaches into a column of 2,756 beside it.
        let middle = 100_000 * 64 / 176_400
        #expect(bright.contains(middle) && bright.allSatisfy { abs($0 - middle) <= 1 })
    }

    @Test func `every sample counts: a click is never passed over in a long sound`() {
        // Between two frames it is seen least, 3 dB below its best place.
        for place in stride(from: 200_000, to: 203_000, by: 97) {
            var signal = [Float](repeating: 0, count: 600_000)
            signal[place] = 1
            let power = measure(signal, isKnown: true).power.reduce(0, +)
            let best = measure([Float](repeating: 0, count: 600_000).with(1, at: 199_680), isKnown: true).power.reduce(
                0, +)
            #expect((0.4...2.5).contains(power / best))
        }
    }

    @Test func `the loudest band is the last colour, 80 dB below it is the first`() throws {
        let levels: [Float] = [1, 1e-4, 1e-8, 1e-9, 0]
        let small = PictureSize.test(width: 16, height: 16)
        let power = (0..<256).map { levels[min($0, 4)] }
        let spectrogram = Spectrogram(size: small, sampleRate: 44_100, frames: 1_000, power: power)
        let picture = spectrogram.picture()
        // Band 0 of column 0 is at the bottom left; 40 dB is the middle of 80.
        let bottomUp: [UInt8] = (0..<5).map { picture.pixels[(15 - $0) * 16] }
        #expect(bottomUp == [255, 128, 0, 0, 0])
        let narrow: [UInt8] = (0..<3).map { spectrogram.picture(range: 40).pixels[(15 - $0) * 16] }
        #expect(narrow == [255, 0, 0])
        let png = try DecodedPNG(picture.png())
        #expect(png[0, 15] == ColorMap.magma.palette[255] && png[1, 0] == ColorMap.magma.palette[0])
    }

    @Test(arguments: [true, false])
    func `silence is dark, noise is even`(isKnown: Bool) {
        let silence = measure(Signals.silence(seconds: 1), isKnown: isKnown)
        #expect(silence.picture().pixels.allSatisfy { $0 == 0 })
        let noise = measure(Signals.noise(seconds: 20), isKnown: isKnown)
        let bands = (0..<96).map { band in (0..<64).reduce(Float(0)) { $0 + noise.power[$1 * 96 + band] } / 64 }
        let mean = bands.reduce(0, +) / 96
        // The lowest bands lie half below 0 Hz and the last on the Nyquist frequency.
        for band in bands[3..<94] { #expect(abs(10 * log10(band / mean)) < 1.5) }
    }

    @Test(arguments: [1, 2, 63, 64, 65, 1_000], [true, false])
    func `any length gives all columns, finite`(count: Int, isKnown: Bool) {
        let spectrogram = measure([Float](repeating: 0.5, count: count), isKnown: isKnown)
        #expect(spectrogram.power.count == 64 * 96 && spectrogram.frames == count)
        #expect(spectrogram.power.allSatisfy { $0.isFinite && $0 >= 0 })
        for column in 0..<64 { #expect(spectrogram.power[column * 96..<column * 96 + 96].contains { $0 > 0 }) }
    }

    @Test func `a sound of unknown length looks like the same one of known length`() {
        let signal = Signals.beats(bpm: 97, seconds: 12, sound: Signals.kick())
        let (known, unknown) = (measure(signal, isKnown: true), measure(signal, isKnown: false))
        let (one, other) = (known.picture().pixels, unknown.picture().pixels)
        let difference = zip(one, other).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(Double(difference) / Double(one.count) < 12, "of 255 levels, in the mean")
    }

    @Test(arguments: [8_000, 48_000, 384_000])
    func `a tone is at its place at any rate`(rate: Int) {
        let spectrogram = measure(
            Signals.sine(1_000, seconds: 1, rate: Double(rate)), rate: rate, isKnown: true)
        let length = SpectrogramFrames(columns: 64, sampleRate: rate, of: nil).length
        let bank = MelBank(bands: 96, sampleRate: Double(rate), frameLength: length, isSmooth: true)
        #expect(abs(spectrogram.loudestBand(32) - nearest(bank.edges, 1_000)) <= 1)
    }

    @Test func `files give the same however they are packed`() throws {
        let wave = try Spectrogram.measure(path: AudioVectors.valid("wav16.wav"), size: size)
        #expect(try Spectrogram.measure(path: AudioVectors.valid("aiff16.aiff"), size: size) == wave)
    }

    private func measure(_ samples: [Float], rate: Int = 44_100, isKnown: Bool) -> Spectrogram {
        var meter = SpectrogramMeter(size: size, sampleRate: rate, of: isKnown ? samples.count : nil)
        for start in stride(from: 0, to: samples.count, by: BlockBuffer.length) {
            meter.push(samples.span.extracting(start..<min(start + BlockBuffer.length, samples.count)))
        }
        return meter.finish()
    }

    /// The band whose middle is nearest.
    private func nearest(_ edges: [Double], _ frequency: Double) -> Int {
        edges[1..<edges.count - 1].indices.min { abs(edges[$0] - frequency) < abs(edges[$1] - frequency) }.map {
            $0 - 1
        }
            ?? 0
    }
}

@Suite struct SpectrogramFramesTests {
    @Test(arguments: [1, 5, 63, 64, 1_000, 65_536, 65_537, 441_000, 7_938_000, 476_280_000])
    func `every column has a frame, and frames overlap by half`(count: Int) {
        let frames = SpectrogramFrames(columns: 64, sampleRate: 44_100, of: count)
        #expect(frames.hop >= 1 && frames.hop <= frames.length / 2)
        #expect(frames.buckets == min(64, count))
        // The first frame of each bucket follows the last one of the bucket before.
        var (bucket, frame, isEven) = (0, 0, true)
        while frame * frames.hop < count, bucket < frames.buckets {
            let next = frames.bucket(of: frame, length: 1)
            isEven = isEven && (next == bucket || next == bucket + 1)
            bucket = next
            frame += max(1, count / frames.buckets / frames.hop / 4)
        }
        #expect(isEven)
        #expect(frames.bucket(of: (count - 1) / frames.hop, length: 1) == frames.buckets - 1)
    }

    @Test(
        arguments: zip(
            [8_000, 22_050, 44_100, 48_000, 96_000, 192_000, 384_000], [512, 1024, 2048, 2048, 4096, 8192, 16384]))
    func `a frame is about 46 ms at any rate`(rate: Int, length: Int) {
        #expect(SpectrogramFrames(columns: 64, sampleRate: rate, of: nil).length == length)
    }
}

@Suite struct ColorMapTests {
    private static let anchors: [(ColorMap, [[Int]])] = [
        (.magma, [[0, 0, 4], [183, 55, 121], [252, 253, 191]]),
        (.viridis, [[68, 1, 84], [33, 145, 140], [253, 231, 37]]),
        (.gray, [[0, 0, 0], [128, 128, 128], [255, 255, 255]]),
    ]

    @Test(arguments: anchors)
    func `the colours are those that were published`(map: ColorMap, anchors: [[Int]]) {
        for (index, anchor) in zip([0, 128, 255], anchors) {
            let color = map.palette[index]
            let channels: [Int] = [Int(color.red), Int(color.green), Int(color.blue)]
            for (channel, expected) in zip(channels, anchor) { #expect(abs(channel - expected) <= 5) }
        }
    }

    @Test(arguments: ColorMap.allCases)
    func `louder is always lighter`(map: ColorMap) {
        let lightness: [Double] = map.palette.map { color in
            let (red, green, blue) = (linear(color.red), linear(color.green), linear(color.blue))
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue
        }
        for step in stride(from: 8, through: 255, by: 8) { #expect(lightness[step] > lightness[step - 8]) }
    }

    private func linear(_ value: UInt8) -> Double { pow(Double(value) / 255, 2.2) }
}

extension Spectrogram {
    fileprivate func loudestBand(_ column: Int) -> Int {
        let bands = power[column * size.height..<(column + 1) * size.height]
        return bands.indices.max { bands[$0] < bands[$1] }.map { $0 - column * size.height } ?? -1
    }
}

extension [Float] {
    fileprivate func with(_ value: Float, at index: Int) -> [Float] {
        var copy = self
        copy[index] = value
        return copy
    }
}

extension PictureSize {
    /// A size that is known to be allowed.
    static func test(width: Int, height: Int) -> PictureSize {
        (try? PictureSize(width: width, height: height)) ?? .waveform
    }
}
