import Foundation
import Testing

@testable import AudioCore

@Suite struct WaveformPictureTests {
    @Test(arguments: [0.01, 0.1, 0.2, 0.24] as [Float])
    func `a square wave is as high as the formula says, smooth at its edges`(level: Float) throws {
        // 128 rows a half: 2·log10(1 + 9·level) of them are covered, the last one in part.
        let covered = 128 * 2 * log10(1 + 9 * level)
        let png = try DecodedPNG(square(level).picture(peak: 1).png())
        #expect(png.width == 1920 && png.height == 256)
        let expected = (0..<256).map { row in
            let distance = Float(row < 128 ? 127 - row : row - 128)
            return UInt8(255 * min(1, max(0, covered - distance)) + 0.5)
        }
        for column in [0, 1, 960, 1919] { #expect(close(png.alphas(column), expected)) }
        #expect(png[5, 128] == .white)
    }

    @Test func `a level of more than a quarter of the peak reaches the edge`() throws {
        let png = try DecodedPNG(square(0.5).picture().png())
        #expect(png.alphas(7) == [UInt8](repeating: 255, count: 256))
    }

    @Test func `a common peak draws sounds to one scale`() throws {
        let style = WaveformStyle(scale: .linear, gain: 1)
        let half = try square(0.25).picture(style: style, peak: 0.5)
        #expect(half.pixels.filter { $0 == 255 }.count == 1920 * 128)
        let own = try square(0.25).picture(style: style)
        #expect(own.pixels.allSatisfy { $0 == 255 })
    }

    @Test(arguments: [0, 0.000_9] as [Float])
    func `silence, and what is below a thousandth of the peak, is a line`(level: Float) throws {
        for shape in WaveformStyle.Shape.allCases {
            let picture = try square(level).picture(style: WaveformStyle(shape: shape), peak: level == 0 ? nil : 1)
            let alphas = try DecodedPNG(picture.png()).alphas(3)
            #expect(alphas[127] == 128 && alphas[128] == 128)
            #expect(alphas.filter { $0 > 0 }.count == 2)
        }
    }

    @Test func `peaks are drawn half as strong, with the level inside`() throws {
        let column = Waveform.Column(min: -0.25, max: 0.75, rms: 0.125)
        let waveform = Waveform(lanes: [Array(repeating: column, count: 1920)], sampleRate: 44_100, frames: 1920)
        let style = WaveformStyle(shape: .peaks, foreground: .white, background: PixelColor(red: 0, green: 0, blue: 0))
        let png = try DecodedPNG(waveform.picture(style: style, peak: 1).png())
        let reds = (0..<256).map { png[100, $0].red }
        // 0.75 up from the middle, 0.25 down; the level is 0.125 both ways.
        let expected = (0..<256).map { row -> UInt8 in
            (32..<160).contains(row) ? ((112..<144).contains(row) ? 255 : 128) : 0
        }
        #expect(reds == expected)
    }

    @Test func `lanes lie below each other and do not overlap`() throws {
        let loud = Array(repeating: Waveform.Column(min: -1, max: 1, rms: 1), count: 16)
        let quiet = Array(repeating: Waveform.Column(min: 0, max: 0, rms: 0), count: 16)
        let waveform = Waveform(lanes: [loud, quiet, loud], sampleRate: 44_100, frames: 16)
        let png = try DecodedPNG(waveform.picture(size: PictureSize(width: 16, height: 96)).png())
        let expected = (0..<96).map { row -> UInt8 in row < 32 || row >= 64 ? 255 : row == 47 || row == 48 ? 128 : 0 }
        #expect(png.alphas(9) == expected)
    }

    @Test func `more lanes than fit are refused`() throws {
        let lane = [Waveform.Column(min: 0, max: 0, rms: 0)]
        let waveform = Waveform(lanes: Array(repeating: lane, count: 8), sampleRate: 44_100, frames: 1)
        #expect(throws: PictureError.lanes(8, height: 63)) {
            try waveform.picture(size: PictureSize(width: 16, height: 63))
        }
        #expect(try waveform.picture(size: PictureSize(width: 16, height: 64)).pixels.count == 16 * 64)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -1])
    func `no number traps`(value: Float) throws {
        let column = Waveform.Column(min: value, max: value, rms: value)
        let waveform = Waveform(lanes: [Array(repeating: column, count: 3)], sampleRate: 44_100, frames: 3)
        for shape in WaveformStyle.Shape.allCases {
            for peak in [nil, value, 0] {
                let size = try PictureSize(width: 16, height: 16)
                _ = try waveform.picture(size: size, style: WaveformStyle(shape: shape), peak: peak)
            }
        }
    }

    private func square(_ level: Float) -> Waveform {
        let column = Waveform.Column(min: -level, max: level, rms: level)
        return Waveform(lanes: [Array(repeating: column, count: 1920)], sampleRate: 44_100, frames: 1920)
    }

    /// Within one step of the palette, for the rounding of logarithms.
    private func close(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { abs(Int($0) - Int($1)) <= 1 }
    }
}
