import ArgumentParser
import AudioCore
import Foundation

/// `waxwing waveform`: a picture of each file, or data for a player.
struct DrawWaveform: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waveform",
        abstract: "Draw waveforms, or write them as data for players.",
        discussion: """
            What is written is told by the name after -o: .png is a picture; .json and .dat are the formats of audiowaveform
            (version 2), which peaks.js and wavesurfer.js read. For several files or a folder, -o is a folder: each file goes
            to NAME_waveform.png, and all are drawn to the scale of the loudest one, as the stems of a song should be.

            Examples:
              waxwing waveform loop.wav -o loop.png
              waxwing waveform vocals.wav drums.wav bass.wav -o stems/
              waxwing waveform song.mp3 -o song.png --shape peaks --color '#1db954' --background '#121212'
              waxwing waveform song.mp3 -o song.json --bits 8 --samples-per-pixel 512
            """.reflowed)

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String]

    @OptionGroup var plan: OutputPlan

    @Option(help: "What to write: png, json or dat; told by the name after -o, else png.")
    var format: WaveformFormat?

    @Flag(help: "One lane for each channel, instead of their mean.")
    var channels = false

    @OptionGroup(title: "Picture") var picture: WaveformPictureOptions

    @OptionGroup(title: "Data") var data: WaveformDataOptions

    @OptionGroup var batch: BatchOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder") }
        _ = try picture.size
        if chosen == .png, data.isUsed {
            throw ValidationError("--bits and --samples-per-pixel are for --format json or dat")
        }
        if picture.width != nil, data.samplesPerPixel != nil {
            throw ValidationError("--width and --samples-per-pixel say the same: give one of them")
        }
    }

    private var chosen: WaveformFormat {
        format ?? WaveformFormat(rawValue: (plan.output as NSString).pathExtension.lowercased()) ?? .png
    }

    func run() async throws {
        let ending = "_waveform.\(chosen.rawValue)"
        var files = try PictureBatch(paths, plan, ending: ending, atOnce: batch.jobs)
        let lanes: Waveform.Lanes = channels ? .channels : .mixed
        switch WaveformData.Format(rawValue: chosen.rawValue) {
        case nil: try await draw(&files, lanes)
        case let format?: await write(&files, lanes, format)
        }
        try files.end()
    }

    private func draw(_ files: inout PictureBatch, _ lanes: Waveform.Lanes) async throws {
        let (size, style, decoder) = (try picture.size, picture.style, batch.decoder)
        @Sendable func measure(_ path: String, _ target: PictureTarget) throws -> Waveform {
            try target.check()
            return try Waveform.measure(path: path, columns: size.width, lanes: lanes, ffmpeg: decoder)
        }
        @Sendable func draw(_ waveform: Waveform, _ target: PictureTarget, peak: Float?) throws {
            let png = try waveform.picture(size: size, style: style, peak: peak).png()
            try target.write(png)
        }
        if picture.ownPeak || files.files.count < 2 {
            await files.run(files.files) {
                try draw(measure($0, $1), $1, peak: nil)
            }
            return
        }
        guard files.files.count <= Self.mostTogether else {
            throw ValidationError(
                "\(files.files.count) files at one scale are too many (\(Self.mostTogether) at most): use --own-peak")
        }
        // Nothing can be drawn before the loudest is known.
        var measured: [String: Waveform] = [:]
        await files.run(files.files, work: measure) { measured[$0] = $1 }
        let (waveforms, peak) = (measured, measured.values.map(\.peak).max())
        await files.run(files.files.filter { waveforms[$0] != nil }) { path, target in
            guard let waveform = waveforms[path] else { return }
            try draw(waveform, target, peak: peak)
        }
    }

    /// Measured waveforms wait in memory: 23 kB each as they come, 200 kB at the largest width.
    private static let mostTogether = 1_000

    private func write(_ files: inout PictureBatch, _ lanes: Waveform.Lanes, _ format: WaveformData.Format) async {
        let (bits, decoder) = (data.resolution, batch.decoder)
        let zoom = picture.width.map(WaveformData.Zoom.width) ?? .samplesPerPixel(data.samplesPerPixel ?? 256)
        await files.run(files.files) { path, target in
            try target.check()
            let data = try WaveformData.measure(path: path, zoom: zoom, lanes: lanes, ffmpeg: decoder)
            try target.write { file in
                try data.write(format, bits: bits) { try file($0) }
            }
        }
    }
}

enum WaveformFormat: String, ExpressibleByArgument, CaseIterable {
    case png, json, dat
}
