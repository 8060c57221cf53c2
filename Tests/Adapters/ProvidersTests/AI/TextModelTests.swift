import Auth
import Billing
import Foundation
import LogTestKit
import Storage
import Testing

@testable import WaxwingProviders
@testable import WaxwingService

/// Language models over the wire, and servers that behave badly in every way.
@Suite struct TextModelTests {
    @Test func `chat completions are asked as they want it`() async throws {
        let kind = ModelServer.Kind.chatCompletions
        try await ModelServer.run(kind, [.reply(kind.good("Hi."))]) { server in
            let answer = try await server.model.answer(.test())
            #expect(
                answer
                    == TextAnswer(text: "Hi.", tokens: AITokens(input: 120, output: 34), model: "qwen/qwen3-7b:free"))
            let request = try #require(server.requests.first)
            #expect(request.line == "POST /v1/chat/completions HTTP/1.1")
            #expect(request.headers["authorization"] == "Bearer \(ModelServer.key)")
            #expect(request.json["model"] as? String == "qwen/qwen3-7b" && request.json["max_tokens"] as? Int == 1_024)
            let messages = try #require(request.json["messages"] as? [[String: String]])
            #expect(messages.map { $0["role"] } == ["system", "user"])
            let format = try #require(request.json["response_format"] as? [String: Any])
            let named = try #require(format["json_schema"] as? [String: Any])
            let schema = try #require(named["schema"] as? [String: Any])
            #expect(format["type"] as? String == "json_schema" && named["strict"] as? Bool == true)
            #expect(schema["additionalProperties"] as? Bool == false)
            #expect(schema["required"] as? [String] == ["genre", "tags", "vibe"])
        }
    }

    @Test func `Claude is asked as it wants it`() async throws {
        let kind = ModelServer.Kind.anthropic
        try await ModelServer.run(kind, [.reply(kind.good("Hi."))]) { server in
            let answer = try await server.model.answer(.test())
            #expect(answer.text == "Hi." && answer.tokens == AITokens(input: 120, output: 34))
            let request = try #require(server.requests.first)
            #expect(request.line == "POST /v1/messages HTTP/1.1")
            #expect(request.headers["x-api-key"] == ModelServer.key)
            #expect(request.headers["anthropic-version"] == "2023-06-01" && request.headers["authorization"] == nil)
            #expect(request.json["max_tokens"] as? Int == 1_024 && request.json["system"] as? String == "Describe.")
        }
    }

    @Test(arguments: ModelServer.Kind.allCases)
    func `what may pass is asked three times, after growing waits`(kind: ModelServer.Kind) async throws {
        try await ModelServer.run(kind, [.reply(status: 500, "{}"), .close, .reply(kind.good("Hi."))]) { server in
            let answer = try await server.model.answer(.test())
            #expect(answer.text == "Hi.")
            #expect(server.pauses == [.seconds(2), .seconds(4)])
            #expect(Set(server.requests.map(\.body)).count == 1)
        }
        try await ModelServer.run(kind, Array(repeating: .reply(status: 503, "{}"), count: 5)) { server in
            #expect(await server.failure() == .unavailable("it answered 503"))
            #expect(server.requests.count == 3)
        }
    }

    @Test func `waits double up to ten seconds`() {
        let retries = ModelRetries()
        #expect((1...5).map { retries.wait(after: $0, asked: nil) } == [2, 4, 8, 10, 10].map { .seconds($0) })
        #expect(retries.wait(after: 1, asked: .seconds(60)) == .seconds(60))
        #expect(retries.wait(after: .max, asked: nil) == .seconds(10))
    }

    @Test(arguments: ModelServer.Kind.allCases)
    func `who is asked too often says when to come back, and is heeded where there is time`(
        kind: ModelServer.Kind
    ) async throws {
        let soon = ModelServer.Answer.reply(status: 429, "{}", headers: ["Retry-After": "7"])
        try await ModelServer.run(kind, [soon, .reply(kind.good("Hi."))]) { server in
            #expect(await server.failure() == nil)
            #expect(server.pauses == [.seconds(7)])
        }
        let late = ModelServer.Answer.reply(status: 429, "{}", headers: ["Retry-After": "3600"])
        try await ModelServer.run(kind, [late, .reply(kind.good("Hi."))]) { server in
            #expect(await server.failure() == .rateLimited(retryAfter: .seconds(3_600)))
            #expect(server.requests.count == 1 && server.pauses.isEmpty)
        }
    }

    @Test(arguments: [400, 404, 413, 422])
    func `a no is not asked again`(status: Int) async throws {
        for kind in ModelServer.Kind.allCases {
            try await ModelServer.run(kind, [.reply(status: status, #"{"error":{"message":"CANARY"}}"#)]) { server in
                #expect(await server.failure() == .refused("it answered \(status)"))
                #expect(server.requests.count == 1)
                #expect(!server.log.lines.joined().contains("CANARY"))
            }
        }
    }

    @Test(arguments: [401, 402, 403])
    func `a key that is no good, or unpaid, is told as such`(status: Int) async throws {
        try await ModelServer.run(.chatCompletions, [.reply(status: status, "{}")]) { server in
            guard case .unavailable(let reason)? = await server.failure() else {
                Issue.record("no failure")
                return
            }
            #expect(reason.contains("\(status)") && server.requests.count == 1)
        }
    }

    /// Where no answer can be read, and asking again is no use.
    @Test(
        arguments: [
            ("empty", .reply("")), ("no JSON", .reply("Hello")), ("half of it", .reply(#"{"choices":[{"mess"#)),
            ("a list", .reply("[]")), ("NaN", .reply(#"{"choices":[{"message":{"content":NaN}}]}"#)),
            ("an object that is none of it", .reply("{}")), ("no choice", .reply(#"{"choices":[],"content":[]}"#)),
            (
                "a number for text",
                .reply(#"{"choices":[{"message":{"content":7}}],"content":[{"type":"text","text":7}]}"#)
            ),
            (
                "empty text", .reply(#"{"choices":[{"message":{"content":""}}],"content":[{"type":"text","text":""}]}"#)
            ),
            ("a page", .reply("<html></html>", headers: ["Content-Type": "text/html"])),
            ("JSON that says it is a page", .reply("{}", headers: ["Content-Type": "text/html"])),
            ("no type", .reply("{}", headers: [:])),
            ("a redirect", .reply(status: 302, "{}", headers: ["Location": "http://169.254.169.254/"])),
            ("no HTTP", .bytes("220 mail.example ESMTP\r\n\r\n")),
            ("a huge answer", .endless("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")),
            ("a huge head", .endless("HTTP/1.1 200 OK\r\nX: ")),
            ("brackets", .reply(String(repeating: "[", count: 200_000))),
        ] as [(String, ModelServer.Answer)])
    func `what is no answer is told, once`(name: String, answer: ModelServer.Answer) async throws {
        for kind in ModelServer.Kind.allCases {
            try await ModelServer.run(kind, [answer, .reply(kind.good("Hi."))]) { server in
                guard case .malformed? = await server.failure() else {
                    Issue.record("\(name): no failure, or another")
                    return
                }
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test func `half an answer on the wire is asked for again`() async throws {
        let half = ModelServer.Answer.bytes(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"choices\":")
        for kind in ModelServer.Kind.allCases {
            try await ModelServer.run(kind, [half, .reply(kind.good("Hi."))]) { server in
                let answer = try await server.model.answer(.test())
                #expect(answer.text == "Hi.")
            }
        }
    }

    @Test func `who will not answer has refused`() async throws {
        let chat = #"{"choices":[{"message":{"content":null,"refusal":"No."}}]}"#
        try await ModelServer.run(.chatCompletions, [.reply(chat)]) { server in
            #expect(await server.failure() == .refused("it will not answer"))
        }
        let claude = #"{"content":[{"type":"text","text":"x"}],"stop_reason":"refusal"}"#
        try await ModelServer.run(.anthropic, [.reply(claude)]) { server in
            #expect(await server.failure() == .refused("it will not answer"))
        }
        try await ModelServer.run(.chatCompletions, [.reply(#"{"error":{"code":502}}"#)]) { server in
            #expect(await server.failure() == .unavailable("it answered with an error"))
        }
        let none = #"{"error":null,"choices":[{"message":{"content":"","refusal":"No."}}]}"#
        try await ModelServer.run(.chatCompletions, [.reply(none)]) { server in
            #expect(await server.failure() == .refused("it will not answer"))
        }
    }

    @Test(arguments: [
        "{}", "null", "7", #"{"prompt_tokens":-1,"completion_tokens":1}"#,
        #"{"prompt_tokens":"9","completion_tokens":1}"#,
        #"{"prompt_tokens":1.5,"completion_tokens":1}"#, #"{"prompt_tokens":1e300,"completion_tokens":1}"#,
        #"{"prompt_tokens":1,"completion_tokens":null}"#,
    ])
    func `tokens that are no counts are not known`(tokens: String) async throws {
        let kind = ModelServer.Kind.chatCompletions
        try await ModelServer.run(kind, [.reply(kind.good("Hi.", tokens: tokens))]) { server in
            let answer = try await server.model.answer(.test())
            #expect(answer.tokens == nil)
        }
    }

    @Test(arguments: ModelServer.Kind.allCases)
    func `a server that hangs is given up when the time is over`(kind: ModelServer.Kind) async throws {
        try await ModelServer.run(kind, [.hang, .hang, .hang]) { server in
            #expect(await server.failure(limit: .milliseconds(100)) == .timeout)
            // A busy machine may give up before the server has read the question; it is not asked again.
            #expect(server.requests.count <= 1 && server.pauses.isEmpty)
        }
    }

    @Test func `a try that takes too long is followed by another`() async throws {
        let kind = ModelServer.Kind.chatCompletions
        let retries = ModelRetries(limit: .milliseconds(300))
        try await ModelServer.run(kind, [.hang, .hang, .hang, .hang], retries: retries) { server in
            #expect(await server.failure() == .timeout)
            // Three tries have two pauses, whether or not the server has read the questions in time.
            #expect(server.pauses == [.seconds(2), .seconds(4)] && server.requests.count <= 3)
        }
    }

    @Test func `a task that is cancelled asks no more`() async throws {
        try await ModelServer.run(.chatCompletions, [.hang]) { server in
            let call = Task { await server.failure() }
            while server.requests.isEmpty { await Task.yield() }
            call.cancel()
            #expect(await call.value == .cancelled)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `the key is in no failure, description or log`() async throws {
        for answer in [
            ModelServer.Answer.reply(status: 401, ModelServer.key), .reply(status: 500, ModelServer.key), .close,
        ] {
            try await ModelServer.run(.chatCompletions, Array(repeating: answer, count: 3)) { server in
                let failure = await server.failure()
                var words = server.log.lines.joined() + "\(server.model)" + String(reflecting: server.model)
                if let failure { words += "\(failure)" + String(reflecting: failure) }
                #expect(failure != nil && !words.contains(ModelServer.key) && !words.contains("canary"))
            }
        }
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:11434/v1", true, nil), ("http://localhost:8000", true, nil),
            ("http://ollama.lan:11434/v1", false, nil), ("https://models.example.com/api/v1/", true, nil),
            ("http://ollama.lan:11434/v1", true, .plainHTTP), ("ftp://models.example.com", true, .base),
            ("https://models.example.com/v1?key=x", true, .base), ("https://ada:x@models.example.com", true, .base),
            ("", false, .base),
        ] as [(String, Bool, ModelAddressFlaw?)])
    func `a key goes over TLS, or stays on this machine`(base: String, hasKey: Bool, flaw: ModelAddressFlaw?) {
        let key = hasKey ? Secret(Array(ModelServer.key.utf8)) : nil
        do throws(ModelAddressFlaw) {
            let address = try ModelAddress(base: base, key: key)
            #expect(flaw == nil && !address.base.hasSuffix("/"))
        } catch {
            #expect(error == flaw)
        }
    }
}
