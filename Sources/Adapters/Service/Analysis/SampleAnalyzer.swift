import AudioCore

/// Turns a file into features. The file comes from outside and may be hostile.
public protocol SampleAnalyzer: Sendable {
    /// - Parameter waveformPoints: how many points of outline to add; nil for none.
    func analyze(path: String, waveformPoints: Int?) async throws(AnalysisFailure) -> AudioFeatures

    /// Whether files of a format can be decoded at all here.
    func accepts(_ format: AudioFormat) -> Bool
}

extension SampleAnalyzer {
    /// All that needs no program besides this one.
    public func accepts(_ format: AudioFormat) -> Bool { !format.needsFFmpeg }
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

extension SampleAnalyzer where Self == InProcessAnalyzer {
    public static var inProcess: InProcessAnalyzer { InProcessAnalyzer() }
}

/// Analyses in this process: for trusted files and tests. A server uses ``AnalysisPool``.
public struct InProcessAnalyzer: SampleAnalyzer {
    public init() {}

    public func analyze(path: String, waveformPoints: Int?) async throws(AnalysisFailure) -> AudioFeatures {
        do {
            return try AudioAnalysis.analyze(path: path, options: AnalysisOptions(waveformPoints: waveformPoints))
        } catch let error as AudioError {
            throw .rejected(error.description)
        } catch {
            throw .cancelled
        }
    }
}
