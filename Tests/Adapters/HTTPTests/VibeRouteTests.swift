import Billing
import Foundation
import HTTPTypes
import Storage
import Synchronization
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// Sounds described by a language model, as clients ask for it.
@Suite struct VibeRouteTests {
    private final class Model: TextModel {
        let backend = "model"
        let asked = Mutex<[String]>([])

        func answer(_ prompt: TextPrompt) async throws(TextModelFailure) -> TextAnswer {
            asked.withLock { $0.append(prompt.model) }
            return TextAnswer(
                text: #"{"vibe": "<script>alert(1)</script> Late.", "genre": null, "tags": ["dark"]}"#,
                tokens: AITokens(input: 100, output: 50), model: prompt.model)
        }
    }

    /// A form with fields before and after the file.
    private func send(
        _ api: TestAPI, to path: String, before: [(String, String)] = [], after: [(String, String)] = [],
        _ token: String
    ) async throws -> Answer {
        func parts(_ fields: [(String, String)]) -> String {
            fields.map { "--b\r\nContent-Disposition: form-data; name=\"\($0.0)\"\r\n\r\n\($0.1)\r\n" }.joined()
        }
        let file = "--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"loop.wav\"\r\n\r\n"
        let bytes =
            Array((parts(before) + file).utf8) + Sound.clicks() + Array(("\r\n" + parts(after) + "--b--\r\n").utf8)
        return try await api.send(
            .post, path, token: token, headers: [.contentType: "multipart/form-data; boundary=b"], bytes: bytes)
    }

    private func words(_ answer: Answer) throws -> [String: Any] {
        try #require(answer.data["ai_analysis"] as? [String: Any])
    }

    @Test(arguments: [true, false])
    func `a form asks for it before or after its file`(isBefore: Bool) async throws {
        let model = Model()
        try await TestAPI.run(ai: AIOptions(model, limit: .seconds(600))) { api in
            let token = try await api.signUp()
            let fields = [("ai_analysis", "true")]
            let answer = try await send(
                api, to: "/api/process", before: isBefore ? fields : [], after: isBefore ? [] : fields, token)
            #expect(answer.status == .ok)
            let words = try words(answer)
            // As text; whoever shows it on a page escapes it as all text.
            #expect(words["vibe"] as? String == "<script>alert(1)</script> Late.")
            #expect(words["source"] as? String == "model" && words["tags"] as? [String] == ["dark"])
            #expect(words["genre"] is NSNull && words["fallback_reason"] is NSNull)
            #expect(words["cost"] as? Double == 0.00105)
            #expect(try #require(answer.data["cost"] as? Double) >= 0.00105)
            #expect(model.asked.withLock { $0 } == ["qwen/qwen3-7b"])
        }
    }

    @Test func `an upload is described in its job, and lists show it`() async throws {
        try await TestAPI.run(ai: AIOptions(Model(), named: "claude", limit: .seconds(600))) { api in
            let token = try await api.signUp()
            #expect(
                try await send(api, to: "/api/upload", before: [("ai_analysis", "true")], token).status == .accepted)
            #expect(try await send(api, to: "/api/upload", token).status == .accepted)
            await api.runJobs()
            let list = try await api.send(.get, "/api/samples", token: token).list
            let found = list.compactMap { $0["ai_analysis"] as? [String: Any] }
            #expect(Set(found.compactMap { $0["source"] as? String }) == ["model", "features"])
            #expect(Set(found.compactMap { $0["model"] as? String }) == ["claude"])
            #expect(list.count == 2)
        }
    }

    @Test func `what is no choice is refused, and leaves nothing`() async throws {
        try await TestAPI.run(ai: AIOptions(Model(), limit: .seconds(600))) { api in
            let token = try await api.signUp()
            let wrong: [([(String, String)], String)] = [
                ([("ai_analysis", "maybe")], "ai_analysis"),
                ([("ai_analysis", String(repeating: "x", count: 300))], "ai_analysis"),
                ([("ai_analysis", "true"), ("model", "gold")], "model"),
            ]
            for path in ["/api/upload", "/api/process"] {
                for (fields, field) in wrong {
                    for isBefore in [true, false] {
                        let answer = try await send(
                            api, to: path, before: isBefore ? fields : [], after: isBefore ? [] : fields, token)
                        #expect((answer.status, answer.code) == (.badRequest, "VALIDATION_ERROR"))
                        #expect(answer.error["field"] as? String == field)
                    }
                }
            }
            #expect(try await api.objects.list(prefix: "", after: nil, limit: 10).objects.isEmpty)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM quota_holds") == 0)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'analyze-upload'") == 0)
        }
    }

    @Test func `why there are no words of a model is said`() async throws {
        let reasons: [(Plan, AIOptions?, String)] = [
            (Plan(), nil, "no_model"), (Plan(features: []), AIOptions(Model()), "plan"),
            (Plan(aiPromptsPerDay: 0), AIOptions(Model()), "quota"),
        ]
        for (plan, ai, reason) in reasons {
            try await TestAPI.run(plan: plan, ai: ai) { api in
                let token = try await api.signUp()
                let words = try words(await send(api, to: "/api/process", before: [("ai_analysis", "true")], token))
                #expect(words["fallback_reason"] as? String == reason && words["source"] as? String == "features")
            }
        }
    }
}
