import ArgumentParser
import AudioCore
import Foundation

/// `waxwing normalize`: files in, the same sounds at one loudness or peak out.
struct Normalize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring sounds to one loudness or peak.",
        discussion: """
            Measures each file (ITU-R BS.1770) and writes it with one gain. Where that would lift the true peak over the
            ceiling, a limiter keeps it there and the loudness is made good; it takes 12 dB at most, and what is missing
            then is told. Rate, channels and bits stay as they are unless asked for or unknown to the format. Sounds
            shorter than 400 ms have no loudness: normalise their peak. Nothing is replaced without --force.

            Examples:
              waxwing normalize song.wav -o song-14.wav
              waxwing normalize song.wav --lufs -23 --no-limiter -o song.flac
              waxwing normalize kick.wav --peak -1 -o kick-1.wav
              waxwing normalize ~/Mixes --lufs -14 --format opus -o ~/Upload/
            """.reflowed)

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String]

    @Option(
        parsing: .unconditional, help: "Integrated loudness to reach, LUFS; -14 if neither this nor --peak is given.")
    var lufs: Double?

    @Option(parsing: .unconditional, help: "True peak to reach instead, dBTP.")
    var peak: Double?

    @Option(parsing: .unconditional, help: "Highest true peak with --lufs, dBTP; -1 if none is given.")
    var ceiling: Double?

    @Flag(help: "Do not limit: stay as quiet as the peaks demand.")
    var noLimiter = false

    @Flag(help: "Replace files that are there already.")
    var force = false

    @Flag(help: "Print JSON: one object for one file, an array otherwise.")
    var json = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var batch: BatchOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder") }
        guard lufs == nil || peak == nil else { throw ValidationError("--lufs or --peak, not both") }
        guard peak == nil || ceiling == nil else {
            throw ValidationError("--peak is its own ceiling: leave --ceiling out")
        }
        do { try normalizer.check() } catch { throw ValidationError("\(error)") }
        try output.check()
    }

    private var normalizer: LoudnessNormalizer {
        var normalizer = LoudnessNormalizer(target: peak.map { .peak($0) } ?? .loudness(lufs ?? -14))
        (normalizer.ceiling, normalizer.limits) = (ceiling ?? -1, !noLimiter)
        (normalizer.sampleRate, normalizer.replacesExisting) = (output.rate, force)
        normalizer.ffmpeg = batch.decoder
        return normalizer
    }

    func run() async throws {
        let found = AudioFinder.find(paths, except: output.output)
        var files = FileBatch(found, atOnce: batch.jobs)
        let targets = try output.targets(of: found, named: paths)
        var report = NormalizeReport(isJSON: json, isSingle: found.isSingleFile)
        let (ready, output) = (normalizer, output)
        await files.run { path in
            let stream = try AudioFile(path: path, ffmpeg: ready.ffmpeg).stream
            let target = try output.target(targets[path], for: stream.format)
            let encoding = try output.encoding(of: target, source: stream)
            do {
                let result = try ready.normalize(path: path, to: target, encoding: encoding)
                return NormalizeRecord(file: path, output: target, result)
            } catch AudioWriteError.exists(let path) {
                throw OutputProblem("'\(path.printable)' exists already: add --force to replace it")
            }
        } each: { _, record in
            report.add(record)
        }
        report.end()
        try files.end()
    }
}
