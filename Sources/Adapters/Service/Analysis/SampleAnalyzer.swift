import AudioCore
import Jobs
import Storage

/// Turns a file into features, pictures, and other files. The file comes from outside and may be hostile.
public protocol SampleAnalyzer: Sendable {
    func analyze(path: String, options: AnalysisOptions) async throws(AnalysisFailure) -> AudioFeatures

    func draw(_ drawing: Drawing, of path: String) async throws(AnalysisFailure) -> [UInt8]

    /// - Parameter output: a path in a folder that exists; what is there is replaced.
    func level(
        _ leveling: Leveling, path: String, to output: String
    ) async throws(AnalysisFailure) -> LeveledSound

    /// Whether files of a format can be decoded at all here.
    func accepts(_ format: AudioFormat) -> Bool
}

extension SampleAnalyzer {
    /// All that needs no program besides this one.
    public func accepts(_ format: AudioFormat) -> Bool { !format.needsFFmpeg }

    /// - Parameter waveformPoints: how many points of outline to add; nil for none.
    public func analyze(path: String, waveformPoints: Int?) async throws(AnalysisFailure) -> AudioFeatures {
        try await analyze(path: path, options: AnalysisOptions(waveformPoints: waveformPoints))
    }
}

extension AnalysisOptions {
    /// What the library keeps of each sample.
    static let ofLibrary = AnalysisOptions(waveformPoints: AnalyzeUpload.waveformPoints, similarity: true)
}

public enum AnalysisFailure: Error, Equatable, Sendable {
    /// The file is at fault; the words are for its owner.
    case rejected(String)
    /// The process that analysed it died or had to be stopped.
    case crashed(String)
    /// Too many files wait already.
    case overloaded
    case cancelled
}

extension AnalysisFailure {
    /// How the job that asked for it failed.
    var ofJob: any Error {
        switch self {
        case .rejected(let reason): JobFailure(.final, reason)
        case .crashed(let reason): JobFailure(.crash, reason)
        case .overloaded: JobFailure(.passing, "too many files are waiting")
        case .cancelled: CancellationError()
        }
    }

    /// How the request that asked for it failed.
    var ofRequest: any Error {
        switch self {
        case .rejected(let reason): ServiceError.unprocessable(reason)
        case .crashed(let reason): ServiceError.unprocessable("\(reason): export the file again from its source")
        case .overloaded:
            ServiceError.unavailable("too many files are being analysed: try again in a minute")
        case .cancelled: CancellationError()
        }
    }
}

extension SampleAnalyzer where Self == InProcessAnalyzer {
    public static var inProcess: InProcessAnalyzer { InProcessAnalyzer() }
}

/// Analyses in this process, off the threads of its tasks: for trusted files and tests. A server uses ``AnalysisPool``.
public struct InProcessAnalyzer: SampleAnalyzer {
    public init() {}

    public func analyze(path: String, options: AnalysisOptions) async throws(AnalysisFailure) -> AudioFeatures {
        try await blocking { () throws(AnalysisFailure) in try AnalysisTask(options).answer(path: path).features() }
    }

    public func draw(_ drawing: Drawing, of path: String) async throws(AnalysisFailure) -> [UInt8] {
        try await blocking { () throws(AnalysisFailure) in
            try AnalysisTask.drawing(drawing).answer(path: path).drawing()
        }
    }

    public func level(
        _ leveling: Leveling, path: String, to output: String
    ) async throws(AnalysisFailure) -> LeveledSound {
        try await blocking { () throws(AnalysisFailure) in
            try AnalysisTask.leveling(leveling, output: output).answer(path: path).leveled()
        }
    }
}

/// What was asked for, of an answer; one to another question was not given by a sane process.
extension AnalysisResponse {
    func features() throws(AnalysisFailure) -> AudioFeatures {
        guard case .features(let features) = self else { throw failure }
        return features
    }

    func drawing() throws(AnalysisFailure) -> [UInt8] {
        guard case .drawn(let bytes) = self else { throw failure }
        return Array(bytes)
    }

    func leveled() throws(AnalysisFailure) -> LeveledSound {
        guard case .leveled(let sound) = self else { throw failure }
        return sound
    }

    private var failure: AnalysisFailure {
        if case .rejected(let reason) = self { .rejected(reason) } else { .crashed("the analysis failed") }
    }
}
