import Foundation

/// What is fed with broken files.
enum Target: String, CaseIterable {
    /// Decoder and analysis.
    case audio
    /// The files of a sampler's project.
    case padconf, smp, pattern
    /// The files of an SP-404SX card.
    case padinfo, sxwave

    /// - Parameter blockFrames: frames of audio read at a time; must not matter.
    func trial(path: String, blockFrames: Int) -> any Outcome {
        switch self {
        case .audio: Trial(path: path, blockFrames: blockFrames)
        case .padconf, .smp, .pattern: SamplerTrial.outcome(path: path, self)
        case .padinfo, .sxwave: SXTrial.outcome(path: path, self)
        }
    }

    func corpus() throws -> Corpus {
        guard self == .audio else { return Corpus(MadeSamplerFiles.seeds(self)) }
        let sources = URL(filePath: #filePath).deletingLastPathComponent()
        let vectors = sources.appending(path: "../../../Tests/Vectors/audio")
        let others = ProcessInfo.processInfo.environment["WAXWING_VECTORS"].map { URL(filePath: $0) }
        return try Corpus(vectors: vectors.standardizedFileURL, others: others)
    }
}

/// What came of one input.
protocol Outcome {
    /// What was wrong; `nil` if nothing was.
    var complaint: String? { get }
    /// Whether the input could be read.
    var isOpened: Bool { get }
    /// Processor time of the longest part.
    var longest: Duration { get }
}
