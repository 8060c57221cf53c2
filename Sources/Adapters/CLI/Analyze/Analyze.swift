import ArgumentParser
import AudioCore

/// `waxwing analyze`: files and folders in, one record a file out, in the order of the arguments.
struct Analyze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Analyse audio files and folders.",
        discussion: """
            Reads WAV, AIFF, FLAC, Ogg Vorbis, Opus and MP3, with --ffmpeg also M4A and AAC. Folders are searched with all
            their subfolders. A value that does not exist (the tempo of a one-shot, the loudness of silence) is null, or
            empty in CSV. A file that cannot be read is named on standard error with the reason, the others go on, and
            the exit code is 1.

            Examples:
              waxwing analyze loop.wav
              waxwing analyze ~/Samples
              waxwing analyze song.mp3 --json --waveform
              waxwing analyze ~/Samples --ndjson | jq 'select(.bpm > 120) | .file'
            """.reflowed)

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String]

    @Flag(help: "How to print: a table if none is given; --json is one object for one file, an array otherwise.")
    var format: ReportFormat?

    @Flag(help: "Add an outline of 800 points (JSON only).")
    var waveform = false

    @Flag(help: "Add a description by rules: tags as the last column, 'ai_analysis' in JSON.")
    var tags = false

    @OptionGroup var batch: BatchOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder") }
        guard !waveform || format == .json || format == .ndjson else {
            throw ValidationError("--waveform needs --json or --ndjson")
        }
    }

    func run() async throws {
        let found = AudioFinder.find(paths)
        var files = FileBatch(found, atOnce: batch.jobs)
        var report = Report(format ?? .table, isSingle: found.isSingleFile, hasTags: tags)
        let (options, decoder) = (AnalysisOptions(waveformPoints: waveform ? 800 : nil), batch.decoder)
        await files.run { path in
            var features = try AudioAnalysis.analyze(path: path, options: options, ffmpeg: decoder)
            features.file = path
            return features
        } each: { _, features in
            report.add(features)
        }
        report.end()
        try files.end()
    }
}
