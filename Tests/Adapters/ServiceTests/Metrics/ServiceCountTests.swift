import Auth
import Billing
import Jobs
import Storage
import Testing

@testable import WaxwingService

/// What the service says of its own business.
@Suite struct ServiceCountTests {
    @Test func `uploads are counted by what became of them, samples when they are there`() async throws {
        let studio = try await Studio(Plan(uploadBytes: 200_000))
        try await studio.upload()
        await #expect(throws: ServiceError.self) { try await studio.upload(Array("no audio at all".utf8)) }
        await #expect(throws: ServiceError.self) { try await studio.upload(size: 10_000_000) }
        let metrics = studio.useCases.metrics
        #expect(
            metrics.values(of: .uploads).mapValues(\.number) == [["accepted"]: 1, ["unsupported"]: 1, ["too_large"]: 1])
        #expect(metrics.values(of: .samplesAdded).isEmpty)
        try await studio.work()
        #expect(metrics.values(of: .samplesAdded)[[]]?.number == 1)
        #expect(metrics.values(of: .jobDuration)[[AnalyzeUpload.kind, "ok"]]?.counts.reduce(0, +) == 1)
    }

    private func describe(_ model: ScriptedModel) async throws -> MetricRegistry {
        let studio = try await Studio(ai: AIOptions(model, limit: .seconds(600)))
        _ = try await studio.useCases.processing.process(
            .chunks(MadeAudio.wav(), of: 5_000), named: "canary.wav", describedBy: { VibeRequest() },
            for: studio.caller)
        return studio.useCases.metrics
    }

    @Test func `questions to a model are counted by what became of them, with time, tokens and cost`() async throws {
        let metrics = try await describe(ScriptedModel(saying: "Dark and late.", ScriptedModel.good))
        #expect(
            metrics.values(of: .aiRequests).mapValues(\.number)
                == [["scripted", "useless"]: 1, ["scripted", "ok"]: 1])
        for outcome in ["useless", "ok"] {
            let series = ["scripted", outcome]
            #expect(metrics.values(of: .aiDuration)[series]?.counts.reduce(0, +) == 1)
            #expect(metrics.values(of: .aiTokens)[series + ["in"]]?.number == 100)
            #expect(metrics.values(of: .aiTokens)[series + ["out"]]?.number == 50)
            let cost = try #require(metrics.values(of: .aiCost)[series]?.number)
            #expect(abs(cost - 0.001_05) < 1e-9)
        }
        #expect(!metrics.text().contains("canary") && !metrics.text().contains("Dark and late"))
    }

    @Test(arguments: [
        (TextModelFailure.unavailable("CANARY"), "unavailable", 1.0), (.timeout, "timeout", 1),
        (.rateLimited(retryAfter: .seconds(5)), "rate_limited", 1), (.refused("CANARY"), "refused", 2),
        (.malformed("CANARY"), "malformed", 2),
    ])
    func `a model that fails is counted by the reason, and costs only where it has answered`(
        failure: TextModelFailure, outcome: String, times: Double
    ) async throws {
        let metrics = try await describe(ScriptedModel(failing: failure))
        #expect(metrics.values(of: .aiRequests).mapValues(\.number) == [["scripted", outcome]: times])
        #expect(metrics.values(of: .aiDuration)[["scripted", outcome]]?.counts.reduce(0, +) == Int(times))
        #expect(metrics.values(of: .aiTokens).isEmpty == (outcome != "malformed"))
        #expect(metrics.values(of: .aiCost).isEmpty == (outcome != "malformed"))
        #expect(!metrics.text().contains("CANARY"))
    }

    @Test func `who is not let in is counted, without their name`() async throws {
        let studio = try await Studio()
        let origin = RequestOrigin(address: "192.0.2.7")
        await #expect(throws: ServiceError.self) {
            _ = try await studio.useCases.signIn.signIn(
                email: "eve@example.com", password: "canary password", from: origin)
        }
        #expect(studio.useCases.metrics.values(of: .signIns).mapValues(\.number) == [["password", "unauthorized"]: 1])
        #expect(!studio.useCases.metrics.text().contains("eve@example.com"))
    }

    @Test func `the job of an upload runs in the trace of its request, and so does what it enqueues`() async throws {
        let studio = try await Studio()
        let trace = TraceContext.random()
        let upload = try await TraceContext.$current.withValue(trace) { try await studio.upload() }
        func traces() async throws -> [String: String?] {
            try await studio.database.read { session in
                try session.rows("SELECT kind, trace FROM jobs").reduce(into: [:]) { kinds, row in
                    kinds[try row.get("kind", as: String.self)] = .some(try row.get(optional: "trace", as: String.self))
                }
            }
        }
        #expect(try await traces()[AnalyzeUpload.kind] == trace.description)
        try await studio.work()
        #expect(try await studio.useCases.jobs.job(upload.job, of: studio.caller).status == .completed)
        let followed = try #require(try await traces()[DeleteObject.kind]?.flatMap { TraceContext($0) })
        #expect(followed.traceID == trace.traceID && followed.parentID != trace.parentID)
    }
}
