import ArgumentParser
import Foundation

/// `waxwing upload`: files from here to a service.
struct UploadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload",
        abstract: "Send files and folders to a service, and wait for what they are.",
        discussion: """
            Prints each file's sample, when it is analysed; with --no-wait its job, when it is sent. A file that is refused is
            named with the reason, the others go on, and the exit code is 1. Long files are sent in parts: when the command is
            given again after it was interrupted, what has arrived is not sent again.

            Examples:
              waxwing upload loop.wav
              waxwing upload ~/Samples --no-wait
              waxwing upload *.flac --json | jq -r '.[].sample_id'
            """.reflowed)

    @Argument(help: "Audio files, and folders with all that is below them.", completion: .file())
    var paths: [String]

    @Flag(name: .customLong("no-wait"), help: "Print jobs, and do not wait for the analysis.")
    var noWait = false

    @Option(help: "Files sent at once.")
    var jobs = 4

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var colors: ColorOptions

    func validate() throws {
        guard (1...32).contains(jobs) else { throw ValidationError("--jobs is 1 to 32") }
    }

    func run() async throws {
        let found = AudioFinder.find(paths)
        for problem in found.problems { problem.report() }
        var names: Set<String> = []
        let files = found.files.filter { names.insert($0.absolutePath).inserted }
        let (jobs, waits, isJSON, style) = (jobs, !noWait, json, colors.style)
        let hasFailed = try await remote.use { service, line in
            var report = UploadReport(isJSON: isJSON, isWaiting: waits, style: style, line: line)
            let progress = TransferProgress(line: line, files: files.count, bytes: files.reduce(0) { $0 + $1.fileSize })
            let sending = Sending(service: service, progress: progress, kept: KeptUploads(), waits: waits)
            try await sending.run(files, atOnce: jobs) { report.add($0) }
            report.end()
            return report.hasFailed
        }
        if hasFailed || !found.problems.isEmpty { throw ExitCode.someFailed }
    }
}

/// What became of each file, in their order.
private struct UploadReport {
    let isJSON: Bool
    let isWaiting: Bool
    let style: TextStyle
    let line: StatusLine
    private(set) var hasFailed = false
    private var rows: [Row] = []

    init(isJSON: Bool, isWaiting: Bool, style: TextStyle, line: StatusLine) {
        (self.isJSON, self.isWaiting, self.style, self.line) = (isJSON, isWaiting, style, line)
    }

    private struct Row: Encodable {
        let file: String
        let jobID: String?
        let sampleID: String?
        let error: String?

        private enum CodingKeys: String, CodingKey {
            case file, error, jobID = "job_id", sampleID = "sample_id"
        }

        /// What is not there is null.
        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(file, forKey: .file)
            try members.encode(jobID, forKey: .jobID)
            try members.encode(sampleID, forKey: .sampleID)
            try members.encode(error, forKey: .error)
        }
    }

    mutating func add(_ outcome: Sending.Outcome) {
        line.clear()
        if let problem = outcome.problem {
            hasFailed = true
            FileProblem(path: outcome.file, reason: problem).report()
        }
        if isJSON {
            rows.append(
                Row(file: outcome.file, jobID: outcome.job, sampleID: outcome.sample, error: outcome.problem))
        } else if outcome.problem == nil {
            if rows.isEmpty { write(style.bold((isWaiting ? "SAMPLE" : "JOB").padded(to: 36) + "  FILE") + "\n") }
            rows.append(Row(file: outcome.file, jobID: outcome.job, sampleID: outcome.sample, error: nil))
            let id = (isWaiting ? outcome.sample : outcome.job) ?? "–"
            write("\(id.printable.padded(to: 36))  \(outcome.file.printable)\n")
        }
    }

    func end() {
        line.clear()
        if isJSON { JSONOutput.print(rows) }
    }
}

extension String {
    /// Bytes; 0 for what is no file.
    fileprivate var fileSize: Int {
        ((try? FileManager.default.attributesOfItem(atPath: self))?[.size] as? Int) ?? 0
    }
}
