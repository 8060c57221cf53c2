import AudioCore
import Foundation
import Synchronization

@testable import WaxwingService

/// Answers as the test says, and counts; by default as the real one.
final class FakeAnalyzer: SampleAnalyzer {
    private let answer: Mutex<AnalysisFailure?>
    private let counted = Mutex(0)

    init(failing failure: AnalysisFailure? = nil) {
        answer = Mutex(failure)
    }

    var calls: Int { counted.withLock { $0 } }

    func fail(with failure: AnalysisFailure?) {
        answer.withLock { $0 = failure }
    }

    func analyze(path: String, options: AnalysisOptions) async throws(AnalysisFailure) -> AudioFeatures {
        try count()
        return try await InProcessAnalyzer().analyze(path: path, options: options)
    }

    func draw(_ drawing: Drawing, of path: String) async throws(AnalysisFailure) -> [UInt8] {
        try count()
        return try await InProcessAnalyzer().draw(drawing, of: path)
    }

    func level(
        _ leveling: Leveling, path: String, to output: String
    ) async throws(AnalysisFailure) -> LeveledSound {
        try count()
        return try await InProcessAnalyzer().level(leveling, path: path, to: output)
    }

    private func count() throws(AnalysisFailure) {
        counted.withLock { $0 += 1 }
        if let failure = answer.withLock({ $0 }) { throw failure }
    }
}
