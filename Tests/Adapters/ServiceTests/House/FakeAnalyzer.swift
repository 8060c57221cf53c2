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

    func analyze(path: String, waveformPoints: Int?) async throws(AnalysisFailure) -> AudioFeatures {
        counted.withLock { $0 += 1 }
        if let failure = answer.withLock({ $0 }) { throw failure }
        return try await InProcessAnalyzer().analyze(path: path, waveformPoints: waveformPoints)
    }
}
