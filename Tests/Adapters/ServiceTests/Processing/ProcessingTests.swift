import AudioCore
import Billing
import Storage
import Testing

@testable import WaxwingService

@Suite struct ProcessingTests {
    @Test func `a file's features are given back, counted and not kept`() async throws {
        let studio = try await Studio()
        let file = try await process(MadeAudio.wav(), named: "../tone.wav", in: studio)
        #expect(file.features.file == "tone.wav")
        #expect(file.features.duration == 0.5 && file.features.format == .wav && file.features.waveform == nil)
        #expect(try await studio.traces() == Traces(balances: [.analyses: [1, 0]]))
        let costs: [Int] = try await studio.database.read { session in
            try session.rows("SELECT cost_microusd FROM usage_entries").map { try $0.get("cost_microusd") }
        }
        let book = try PlanBook(defaultPlan: "a", plans: ["a": Plan()], analysisSecondMicroUSD: 15)
        #expect(costs == [book.analysisCost(seconds: file.seconds).count] && file.cost.count == costs[0])
    }

    @Test func `an analysis more than the plan has is refused`() async throws {
        let studio = try await Studio(Plan(analysesPerMonth: 1))
        _ = try await process(MadeAudio.wav(), in: studio)
        #expect(await refusal { try await process(MadeAudio.wav(), in: studio) } == "quotaExceeded")
        #expect(try await studio.traces() == Traces(balances: [.analyses: [1, 0]]))
    }

    @Test(arguments: [
        (MadeAudio.broken, "unprocessable"), (Array("hello".utf8), "unsupportedMedia"), ([], "unsupportedMedia"),
        (MadeAudio.wav(bytes: 30_002), "tooLarge"),
    ])
    func `a file that is refused costs nothing`(bytes: [UInt8], reason: String) async throws {
        let studio = try await Studio(Plan(uploadBytes: 30_000))
        #expect(await refusal { try await process(bytes, in: studio) } == reason)
        #expect(try await studio.traces() == .none)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM usage_entries") == 0)
    }

    @Test(arguments: [
        (AnalysisFailure.crashed("it crashed"), "unprocessable"), (.overloaded, "unavailable"),
        (.rejected("no"), "unprocessable"), (.cancelled, "CancellationError()"),
    ])
    func `an analysis that fails costs nothing`(failure: AnalysisFailure, reason: String) async throws {
        let studio = try await Studio(analyzer: FakeAnalyzer(failing: failure))
        #expect(await refusal { try await process(MadeAudio.wav(), in: studio) } == reason)
        #expect(try await studio.traces() == .none)
    }

    @Test func `a body that breaks throws its own error and costs nothing`() async throws {
        let studio = try await Studio()
        let body = ByteStream.chunks(MadeAudio.wav(), of: 2_000) { if $0 == 5 { throw Disconnected() } }
        await #expect(throws: Disconnected()) {
            try await studio.useCases.processing.process(body, named: nil, for: studio.caller)
        }
        #expect(try await studio.traces() == .none)
    }

    private func process(
        _ bytes: [UInt8], named name: String? = nil, in studio: Studio
    ) async throws -> ProcessedFile {
        try await studio.useCases.processing.process(.chunks(bytes, of: 5_000), named: name, for: studio.caller)
    }
}
