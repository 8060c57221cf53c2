import Foundation
import StorageTestKit
import Synchronization
import Testing

/// The running service, beside a server of language models that answers as a test says.
@Suite(.timeLimit(.minutes(20))) struct DescriptionTests {
    /// By chat completions; one text after the other, the last for ever.
    private static func model(saying texts: String...) throws -> FakeServer {
        let asked = Mutex(0)
        return try FakeServer { request in
            guard request.hasPrefix("POST /v1/chat/completions ") else { return FakeServer.Answer(status: "404 No") }
            let number = asked.withLock { count in
                count += 1
                return count
            }
            let quoted = (try? JSONEncoder().encode(texts[min(number, texts.count) - 1])) ?? Data()
            return FakeServer.Answer(
                headers: ["Content-Type: application/json"],
                body: #"{"model": "qwen/qwen3-7b", "choices": [{"message": {"role": "assistant", "content": "#
                    + String(decoding: quoted, as: UTF8.self)
                    + #"}}], "usage": {"prompt_tokens": 120, "completion_tokens": 34}}"#)
        }
    }

    private func upload(_ server: TestServer, token: String) async throws -> String {
        let field = "--b\r\nContent-Disposition: form-data; name=\"ai_analysis\"\r\n\r\ntrue\r\n"
        let file = "--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"canary.wav\"\r\n\r\n"
        let (status, body) = try await server.send(
            "POST", "/api/upload", token: token, type: "multipart/form-data; boundary=b",
            Array((field + file).utf8) + Sound.kicks(seconds: 1) + Array("\r\n--b--\r\n".utf8))
        try #require(status == 202, "\(String(decoding: body, as: UTF8.self))")
        let answer = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        return try #require((answer?["data"] as? [String: Any])?["job_id"] as? String)
    }

    @Test func `a model is asked for words, asked again where they are no use, and all of it is counted`() async throws
    {
        let model = try Self.model(
            saying: "A dark loop.", #"{"vibe": "Late at night.", "genre": "techno", "tags": ["dark", "loop"]}"#)
        let server = try await TestServer(
            TemporaryFolder(),
            environment: [
                "WAXWING_AI_URL": "http://127.0.0.1:\(model.port)/v1", "WAXWING_AI_MODEL": "qwen/qwen3-7b",
            ])
        let token = try await server.signUp()
        let listener = EventListener()
        try listener.follow(server, token: token, after: 0)
        let job = try await server.finished(try await upload(server, token: token), token: token)
        let id = try #require(job["sample_id"] as? String)
        let sample = try #require(try await server.get("/api/samples/\(id)", token: token)["data"] as? [String: Any])
        let words = try #require(sample["ai_analysis"] as? [String: Any])
        #expect(words["source"] as? String == "model" && words["vibe"] as? String == "Late at night.")
        #expect(words["model"] as? String == "qwen/qwen3-7b" && words["tags"] as? [String] == ["dark", "loop"])
        #expect(model.requests.count == 2)
        #expect(model.requests.allSatisfy { $0.contains("spectral_centroid_hz") && !$0.contains("canary") })
        let told = try await listener.wait(for: 1, "job.completed").filter { $0.kind == "job.progress" }
        #expect(told.map { $0.data["note"] } == ["analysing", "storing", "describing"])

        let metrics = String(decoding: try await server.send("GET", "/api/metrics").body, as: UTF8.self)
        for line in [
            #"waxwing_ai_requests_total{backend="chat_completions",outcome="ok"} 1"#,
            #"waxwing_ai_requests_total{backend="chat_completions",outcome="useless"} 1"#,
            #"waxwing_ai_request_duration_seconds_count{backend="chat_completions",outcome="ok"} 1"#,
            #"waxwing_ai_tokens_total{backend="chat_completions",outcome="ok",direction="in"} 120"#,
            #"waxwing_ai_tokens_total{backend="chat_completions",outcome="ok",direction="out"} 34"#,
            #"waxwing_ai_cost_dollars_total{backend="chat_completions",outcome="ok"} 0.000"#,
        ] { #expect(metrics.contains(line), "\(line)") }
        #expect(await server.stop() == 0)
    }
}
