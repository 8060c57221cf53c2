import AudioCore

@testable import WaxwingService

extension FakeAnalyzer: CardConverter {
    func convert(_ conversion: CardConversion) async throws(AnalysisFailure) -> CardSample {
        try await InProcessAnalyzer().convert(conversion)
    }
}
