import ArgumentParser
import AudioCore
import Foundation

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

    @Flag(help: "Also read M4A and AAC, with the installed ffmpeg.")
    var ffmpeg = false

    @Option(help: "Files analysed at once.")
    var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder") }
        guard jobs > 0 else { throw ValidationError("--jobs must be at least 1") }
        guard !waveform || format == .json || format == .ndjson else {
            throw ValidationError("--waveform needs --json or --ndjson")
        }
        guard !ffmpeg || FFmpeg.installed() != nil else {
            throw ValidationError("--ffmpeg needs the program: install the package ffmpeg")
        }
    }

    func run() async throws {
        let found = AudioFinder.find(paths)
        var failures = found.problems.count
        for problem in found.problems { report(problem) }
        var report = Report(format ?? .table, isSingle: found.isSingleFile)
        var progress = Progress(total: found.files.count)
        report.begin()
        for await result in analyses(of: found.files) {
            progress.clear()
            switch result {
            case .success(let features): report.add(features)
            case .failure(let problem):
                failures += 1
                self.report(problem)
            }
            progress.advance()
        }
        progress.clear()
        report.end()
        if failures > 0 { throw ExitCode(1) }
    }

    /// Results in the order of the files, each as soon as it and those before it are there.
    private func analyses(of files: [String]) -> AsyncStream<Result<AudioFeatures, FileProblem>> {
        let (stream, output) = AsyncStream<Result<AudioFeatures, FileProblem>>.makeStream()
        let options = AnalysisOptions(waveformPoints: waveform ? 800 : nil)
        let (limit, decoder) = (jobs, ffmpeg ? FFmpeg.installed() : nil)
        let task = Task {
            await withTaskGroup(of: (Int, Result<AudioFeatures, FileProblem>).self) { group in
                var (next, printed) = (0, 0)
                var early: [Int: Result<AudioFeatures, FileProblem>] = [:]
                func start() {
                    guard next < files.count else { return }
                    let (index, path) = (next, files[next])
                    next += 1
                    group.addTask { (index, Self.analyze(path, options, decoder)) }
                }
                for _ in 0..<limit { start() }
                for await (index, result) in group {
                    early[index] = result
                    while let ready = early.removeValue(forKey: printed) {
                        output.yield(ready)
                        printed += 1
                    }
                    start()
                }
            }
            output.finish()
        }
        output.onTermination = { _ in task.cancel() }
        return stream
    }

    private static func analyze(
        _ path: String, _ options: AnalysisOptions, _ ffmpeg: FFmpeg?
    ) -> Result<AudioFeatures, FileProblem> {
        do {
            var features = try AudioAnalysis.analyze(path: path, options: options, ffmpeg: ffmpeg)
            features.file = path
            return .success(features)
        } catch AudioError.cannotOpen(_, let reason) {
            return .failure(FileProblem(path: path, reason: reason))
        } catch {
            return .failure(FileProblem(path: path, reason: "\(error)"))
        }
    }

    private func report(_ problem: FileProblem) {
        FileHandle.standardError.write(Data("waxwing: \(problem.path.printable): \(problem.reason)\n".utf8))
    }
}

/// Why a file has no record.
struct FileProblem: Error {
    let path: String
    let reason: String
}
