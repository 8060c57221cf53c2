import AudioCore
import Auth
import Billing
import SampleLibrary
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import WaxwingService

/// Analyses for which a model is asked while the caller waits.
@Suite struct VibeProcessingTests {
    private func process(_ studio: Studio, _ vibe: VibeRequest? = VibeRequest()) async throws -> ProcessedFile {
        try await studio.useCases.processing.process(
            .chunks(MadeAudio.wav(), of: 5_000), named: "tone.wav", describedBy: { vibe }, for: studio.caller)
    }

    @Test func `what the model cost is in the cost, and everything is counted once`() async throws {
        let model = ScriptedModel(saying: ScriptedModel.good)
        let studio = try await Studio(ai: AIOptions(model, limit: .seconds(600)))
        let file = try await process(studio)
        #expect(file.described.source == .model && file.described.costMicroUSD == 1_050)
        let ofTime = Int((file.seconds * 15).rounded(.up))
        #expect(file.cost >= MicroUSD(1_050) && file.cost <= MicroUSD(1_050 + ofTime))
        #expect(
            try await studio.traces()
                == Traces(balances: [.analyses: [1, 0], .aiPrompts: [1, 0], .aiCost: [1_050, 0]]))
    }

    @Test func `nobody asks, nobody pays`() async throws {
        let model = ScriptedModel(saying: ScriptedModel.good)
        let studio = try await Studio(ai: AIOptions(model))
        let file = try await process(studio, nil)
        #expect(file.described.source == .features && file.described.shortfall == nil && model.prompts.isEmpty)
        #expect(try await studio.traces() == Traces(balances: [.analyses: [1, 0]]))
    }

    @Test func `of 50 at once with 5 prompts a day, 5 are a model's and 45 by rules`() async throws {
        let model = ScriptedModel(saying: ScriptedModel.good)
        let studio = try await Studio(Plan(aiPromptsPerDay: 5), ai: AIOptions(model, limit: .seconds(600)))
        let found = try await withThrowingTaskGroup(of: VibeAnalysis.self) { group in
            for _ in 0..<50 { group.addTask { try await process(studio).described } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(found.count { $0.source == .model } == 5 && model.prompts.count == 5)
        #expect(found.count { $0.shortfall == .quota } == 45)
        let traces = try await studio.traces()
        #expect(traces.balances == [.analyses: [50, 0], .aiPrompts: [5, 0], .aiCost: [5 * 1_050, 0]])
        #expect(traces.holds == 0)
        // Tomorrow there are prompts again.
        studio.clock.advance(by: .seconds(86_400))
        #expect(try await process(studio).described.source == .model)
    }

    @Test func `a caller who hangs up while the model thinks leaves nothing held`() async throws {
        let begun = AsyncStream<Void>.makeStream()
        let model = ScriptedModel { _, _ throws(TextModelFailure) in
            begun.continuation.yield()
            await hang()
            throw .cancelled
        }
        let studio = try await Studio(ai: AIOptions(model, limit: .seconds(600)))
        let call = Task { try await process(studio) }
        for await _ in begun.stream { break }
        call.cancel()
        await #expect(throws: CancellationError.self) { _ = try await call.value }
        #expect(try await studio.traces() == .none)
    }

    @Test func `a request that asks for what it may not is refused, and costs nothing`() async throws {
        let studio = try await Studio(ai: AIOptions(ScriptedModel(saying: ScriptedModel.good)))
        #expect(await refusal { try await process(studio, VibeRequest(model: "gold")) } == "invalid")
        #expect(try await studio.traces() == .none)
    }
}

/// Files that are fetched from an address.
@Suite struct FetchedFileTests {
    /// Gives one file, or none.
    private struct Shelf: FileFetcher {
        var body: (@Sendable () -> ByteStream)?

        func fetch(_ url: String) async throws(FetchFailure) -> FetchedFile {
            guard let body else { throw FetchFailure() }
            return FetchedFile(name: "../loop.wav", body: body())
        }
    }

    private func process(_ studio: Studio) async throws -> ProcessedFile {
        try await studio.useCases.processing.process(fileAt: "https://sounds.example/loop.wav", for: studio.caller)
    }

    @Test func `a file is analysed as one that is sent`() async throws {
        let studio = try await Studio(files: Shelf { .chunks(MadeAudio.wav(), of: 1_000) })
        let file = try await process(studio)
        #expect(file.features.file == "loop.wav" && file.features.duration == 0.5)
        #expect(try await studio.traces() == Traces(balances: [.analyses: [1, 0]]))
    }

    @Test func `as it comes, nothing is fetched`() async throws {
        let studio = try await Studio()
        #expect(await refusal { try await process(studio) } == "forbidden")
        #expect(try await studio.traces() == .none)
    }

    @Test func `what cannot be fetched, or breaks off, says the same and costs nothing`() async throws {
        let breaking = Shelf {
            .chunks(MadeAudio.wav(), of: 2_000) { if $0 == 5 { throw FetchFailure() } }
        }
        for files in [Shelf(), breaking, Shelf { ByteStream(pull: { throw FetchFailure() }) }] {
            let studio = try await Studio(files: files)
            let error = await #expect(throws: ServiceError.self) { try await process(studio) }
            guard case .unprocessable(let words)? = error else {
                Issue.record("\(error.map { "\($0)" } ?? "answered")")
                return
            }
            #expect(words == FetchFailure().description)
            #expect(try await studio.traces() == .none)
        }
    }

    @Test(arguments: [(MadeAudio.wav(bytes: 30_002), "tooLarge"), (Array("<html>".utf8), "unsupportedMedia")])
    func `the limits are those of every upload`(bytes: [UInt8], reason: String) async throws {
        let studio = try await Studio(Plan(uploadBytes: 30_000), files: Shelf { .chunks(bytes, of: 1_000) })
        #expect(await refusal { try await process(studio) } == reason)
        #expect(try await studio.traces() == .none)
    }

    @Test func `a file without end is cut at the limit`() async throws {
        let given = Mutex(0)
        let head = MadeAudio.wav(bytes: 1_044)
        let studio = try await Studio(
            Plan(uploadBytes: 30_000),
            files: Shelf {
                ByteStream(pull: {
                    given.withLock { $0 += 1_000 }
                    return given.withLock { $0 } == 1_000 ? head : [UInt8](repeating: 0, count: 1_000)
                })
            })
        #expect(await refusal { try await process(studio) } == "tooLarge")
        #expect(given.withLock { $0 } <= 32_000)
    }
}
