import ArgumentParser
import AudioCore
import Foundation

/// `waxwing spectrogram`: a picture of each file's spectrum over time.
struct DrawSpectrogram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spectrogram",
        abstract: "Draw the spectrum of sounds over time.",
        discussion: """
            A PNG with time to the right and pitch upwards (mel bands, one a row, up to half the sample rate). Every sample
            counts, however long the sound is. For several files or a folder, -o is a folder: each file goes to
            NAME_spectrogram.png.

            Examples:
              waxwing spectrogram loop.wav -o loop.png
              waxwing spectrogram ~/Samples -o pictures/ --colors viridis
              waxwing spectrogram song.mp3 -o - --width 800 --height 200 > song.png
            """.reflowed)

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String]

    @OptionGroup var plan: OutputPlan

    @Option(help: "Pixels from the start to the end of the sound.")
    var width = PictureSize.spectrogram.width

    @Option(help: "Pixels, and mel bands.")
    var height = PictureSize.spectrogram.height

    @Option(help: "dB from the darkest colour to the loudest band, 10 to 100.")
    var range: Float = 80

    @Option(help: "Colours from quiet to loud: \(ColorMap.allCases.map(\.rawValue).joined(separator: ", ")).")
    var colors = ColorMap.magma

    @OptionGroup var batch: BatchOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder") }
        guard (10...100).contains(range) else { throw ValidationError("--range is 10 to 100 dB") }
        _ = try PictureSize.checked(width, height)
    }

    func run() async throws {
        let size = try PictureSize.checked(width, height)
        let (range, colors, decoder) = (range, colors, batch.decoder)
        var files = try PictureBatch(paths, plan, ending: "_spectrogram.png", atOnce: batch.jobs)
        await files.run(files.files) { path, target in
            try target.check()
            let spectrogram = try Spectrogram.measure(path: path, size: size, ffmpeg: decoder)
            let png = try spectrogram.picture(range: range, colors: colors).png()
            try target.write(png)
        }
        try files.end()
    }
}

extension ColorMap: ExpressibleByArgument {}

extension PictureSize {
    /// A size that was asked for on the command line.
    static func checked(_ width: Int, _ height: Int) throws -> PictureSize {
        do {
            return try PictureSize(width: width, height: height)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
