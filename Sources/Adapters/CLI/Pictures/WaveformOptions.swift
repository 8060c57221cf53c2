import ArgumentParser
import AudioCore

/// How a waveform is drawn.
struct WaveformPictureOptions: ParsableArguments {
    @Option(
        help:
            "Pixels from the start to the end of the sound (default: \(PictureSize.waveform.width)); for data: points.")
    var width: Int?

    @Option(help: "Pixels.")
    var height = PictureSize.waveform.height

    @Option(help: "rms: the level, mirrored; peaks: lowest and highest sample, with the level inside.")
    var shape = WaveformStyle.Shape.rms

    @Option(help: "log shows quiet parts beside loud ones, linear does not (default: log for rms, linear for peaks).")
    var scale: WaveformStyle.Scale?

    @Option(help: "Factor on the height, cut at the edge, 0.1 to 10 (default: 2 for rms, 1 for peaks).")
    var gain: Float?

    @Option(help: "#RRGGBB or #RRGGBBAA.")
    var color = PixelColor.white

    @Option(help: "#RRGGBB or #RRGGBBAA.")
    var background = PixelColor.clear

    @Flag(help: "Draw each of several files to the scale of its own peak.")
    var ownPeak = false

    func validate() throws {
        guard (0.1...10).contains(gain ?? 1) else { throw ValidationError("--gain is 0.1 to 10") }
    }

    var size: PictureSize {
        get throws { try .checked(width ?? PictureSize.waveform.width, height) }
    }

    var style: WaveformStyle {
        WaveformStyle(shape: shape, scale: scale, gain: gain, foreground: color, background: background)
    }
}

/// What waveform data holds.
struct WaveformDataOptions: ParsableArguments {
    @Option(help: "Bits of a value, 8 or 16 (default: 16).")
    var bits: Int?

    @Option(help: "Frames a point (default: 256).")
    var samplesPerPixel: Int?

    var isUsed: Bool { bits != nil || samplesPerPixel != nil }

    var resolution: WaveformData.Resolution { bits.flatMap(WaveformData.Resolution.init) ?? .sixteen }

    func validate() throws {
        guard bits == nil || bits.flatMap(WaveformData.Resolution.init) != nil else {
            throw ValidationError("--bits is 8 or 16")
        }
        guard samplesPerPixel.map(WaveformData.zooms.contains) ?? true else {
            let zooms = WaveformData.zooms
            throw ValidationError("--samples-per-pixel is \(zooms.lowerBound) to \(zooms.upperBound)")
        }
    }
}

extension WaveformStyle.Shape: ExpressibleByArgument {}
extension WaveformStyle.Scale: ExpressibleByArgument {}

extension PixelColor: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }

    public var defaultValueDescription: String {
        let channels = alpha == 255 ? [red, green, blue] : [red, green, blue, alpha]
        return "#" + channels.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
