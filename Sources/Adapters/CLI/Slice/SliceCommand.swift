import ArgumentParser
import AudioCore
import Foundation

/// `waxwing slice`: recordings in, numbered pieces out.
struct SliceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slice",
        abstract: "Cut loops into hits and beats, long recordings into takes.",
        discussion: """
            Writes NAME_01.wav, NAME_02.wav, … in the rate, the channels and the depth of the source, all of a file's
            slices or none. Cuts lie on zero crossings, those at onsets just before the attack; where no fade is, the
            samples are the source's own. Slices at onsets or beats, put together again, are the whole file: what
            comes before the first onset or beat is a slice too. With --clips the pauses are left out.

            Examples:
              waxwing slice break.wav --onsets -o hits
              waxwing slice loop.wav --beats 4 -o bars
              waxwing slice rehearsal.flac --clips --threshold adaptive -o takes
              waxwing slice rehearsal.flac --clips --list
              waxwing slice break.wav --onsets --list --labels > break.txt
            """.reflowed)

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String]

    @OptionGroup var rule: SliceRuleOptions

    @Option(name: [.short, .customLong("output")], help: "Folder for the slices.", completion: .directory)
    var output: String?

    @Flag(help: "Only tell where the cuts would be.")
    var list = false

    @Option(help: "Milliseconds over which slices fade in and out, 0 to 1000.")
    var fade = 2.0

    @Option(help: "wav, aiff, flac, ogg, opus or mp3.")
    var format: SliceFormat = .wav

    @Flag(help: "Replace slices of the same name.")
    var force = false

    @Flag(help: "How to print: a table if none is given; --labels is for Audacity, of one file.")
    var report: SliceReportFormat?

    @OptionGroup var batch: BatchOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder") }
        guard list != (output != nil) else {
            throw ValidationError("name a folder for the slices with -o, or --list to only tell the cuts")
        }
        guard (0...1_000).contains(fade) else { throw ValidationError("--fade is 0 to 1000 milliseconds") }
        do {
            try rule.rule.check()
            try options.check()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() async throws {
        let found = AudioFinder.find(paths, except: output)
        if report == .labels, !found.isSingleFile {
            throw ValidationError("--labels is for one file: labels do not say which file they belong to")
        }
        if let folder = output?.absolutePath, force,
            found.files.contains(where: { ($0.absolutePath as NSString).deletingLastPathComponent == folder })
        {
            throw ValidationError("--force could replace the sounds themselves: name a folder that holds none of them")
        }
        var files = FileBatch(found, atOnce: batch.jobs)
        var printer = SliceReport(report ?? .table, isSingle: found.isSingleFile)
        let job = SliceJob(
            rule: rule.rule, options: options, folder: output, format: format, force: force, ffmpeg: batch.decoder,
            names: SliceJob.names(of: files.files))
        await files.run {
            try job.run($0)
        } each: { _, sliced in
            printer.add(sliced)
            for note in sliced.notes { FileProblem(path: sliced.file, reason: note).report() }
        }
        printer.end()
        try files.end()
    }

    private var options: SliceOptions {
        SliceOptions(fade: fade / 1_000, minimumLength: rule.minimumSliceLength)
    }
}
