import Jobs
import SampleLibrary
import Storage
import WaxwingService

struct JobView: Described {
    let id: String
    /// As `analyze-upload`, `analyze-sample`, `normalize-sample`.
    let kind: String
    let status: JobStatus
    /// 0 to 1, as the job told last.
    @ExplicitNull var progress: Double?
    /// What it is doing, in words.
    @ExplicitNull var progressNote: String?
    @ExplicitNull var sampleId: String?
    /// What it has made.
    @ExplicitNull var result: JobResultView?
    @ExplicitNull var error: String?
    let attempts: Int
    let createdAt: Timestamp
    @ExplicitNull var startedAt: Timestamp?
    @ExplicitNull var completedAt: Timestamp?

    init(_ job: JobReport) {
        (id, kind, status, sampleId, error) = (job.id.text, job.kind, job.status, job.sample?.text, job.error)
        (progress, progressNote) = (job.progress?.fraction, job.progress?.note)
        result = job.output.map { JobResultView($0, of: job.id) }
        (attempts, createdAt, startedAt, completedAt) = (job.attempts, job.createdAt, job.startedAt, job.completedAt)
    }

    private init(example: Void) {
        (id, kind, status, sampleId, error) = (.exampleID, "normalize-sample", .completed, .exampleID, nil)
        (progress, progressNote, result) = (1, "storing", .example)
        (attempts, createdAt, startedAt, completedAt) = (1, .example, .example, .laterExample)
    }

    static let example = JobView(example: ())
}

struct JobResultView: Described {
    @ExplicitNull var sampleId: String?
    @ExplicitNull var file: JobFileView?
    @ExplicitNull var level: LevelView?

    init(_ output: JobOutput, of job: JobID) {
        sampleId = output.sample?.text
        file = output.file.map { JobFileView($0, of: job) }
        level = output.level.map(LevelView.init)
    }

    private init(example: Void) {
        (sampleId, file, level) = (.exampleID, .example, .example)
    }

    static let example = JobResultView(example: ())
}

/// A file that is kept for a week.
struct JobFileView: Described {
    let name: String
    let contentType: String
    /// Bytes.
    let size: Int
    let url: String
    let expiresAt: Timestamp

    init(_ file: ExportedFile, of job: JobID) {
        (name, contentType, size) = (file.name, file.contentType, file.size)
        (url, expiresAt) = ("/api/jobs/\(job)/file", file.expiresAt)
    }

    private init(example: Void) {
        (name, contentType, size) = ("loop-normalized.wav", "audio/wav", 612_908)
        (url, expiresAt) = ("/api/jobs/\(String.exampleID)/file", .laterExample)
    }

    static let example = JobFileView(example: ())
}

/// How loud a sound is that was brought to a level.
struct LevelView: Described {
    @ExplicitNull var loudnessLufs: Double?
    @ExplicitNull var truePeakDbtp: Double?
    let gainDb: Double
    /// Below the target, where its peaks allow no more.
    let missingLu: Double

    init(_ sound: LeveledSound) {
        (loudnessLufs, truePeakDbtp) = (sound.loudness.map(Self.rounded), sound.truePeak.map(Self.rounded))
        (gainDb, missingLu) = (Self.rounded(sound.gain), Self.rounded(sound.missing))
    }

    private init(example: Void) {
        (loudnessLufs, truePeakDbtp, gainDb, missingLu) = (-14.02, -1.1, -2.67, 0)
    }

    private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }

    static let example = LevelView(example: ())
}
