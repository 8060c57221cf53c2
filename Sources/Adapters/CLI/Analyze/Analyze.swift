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
            """)

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String]

    @Flag(help: "How to print: a table if none is given; --json is one object for one file, an array otherwise.")
    var format: ReportFormat?

    @Flag(help: "Add an outline of 800 points (JSON only).")
    var waveform = false

    @OptionGroup var batch: BatchOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder") }
        guard !waveform || format == .json || format == .ndjson else {
            throw ValidationError("--waveform needs --json or --ndjson")
        }
    }

    func run() async throws {
        let found = AudioFinder.find(paths)
        var failures = found.problems.count
        for problem in found.problems { problem.report() }
        var report = Report(format ?? .table, isSingle: found.isSingleFile)
        var progress = Progress(total: found.files.count)
        report.begin()
        for await result in analyses(of: found.files) {
            progress.clear()
            switch result {
            case .success(let features): report.add(features)
            case .failure(let problem):
                failures += 1
                problem.report()
            }
            progress.advance()
        }
        progress.clear()
        report.end()
        if failures > 0 { throw ExitCode(1) }
    }

    private func analyses(of files: [String]) -> AsyncStream<Result<AudioFeatures, FileProblem>> {
        let options = AnalysisOptions(waveformPoints: waveform ? 800 : nil)
        let decoder = batch.decoder
        return FileBatch.results(of: files, atOnce: batch.jobs) { path in
            var features = try AudioAnalysis.analyze(path: path, options: options, ffmpeg: decoder)
            features.file = path
            return features
        }
    }
}
