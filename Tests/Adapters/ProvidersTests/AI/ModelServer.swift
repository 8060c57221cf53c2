import Auth
import Foundation
import LogTestKit
import Testing

@testable import WaxwingProviders
@testable import WaxwingService

/// A language model behind a server that answers by a script.
struct ModelServer: Sendable {
    typealias Answer = ScriptedServer.Answer

    enum Kind: CaseIterable, Sendable {
        case chatCompletions, anthropic

        /// A good answer with this text.
        func good(_ text: String, tokens: String? = nil) -> String {
            let quoted = (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return switch self {
            case .chatCompletions:
                #"{"id":"gen-1","model":"qwen/qwen3-7b:free","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":\#(quoted),"refusal":null}}],"usage":\#(tokens ?? #"{"prompt_tokens":120,"completion_tokens":34,"total_tokens":154}"#)}"#
            case .anthropic:
                #"{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[{"type":"text","text":\#(quoted)}],"stop_reason":"end_turn","usage":\#(tokens ?? #"{"input_tokens":120,"output_tokens":34}"#)}"#
            }
        }
    }

    /// As a secret that must not be found anywhere.
    static let key = "sk-canary-5e1f77"

    let model: any TextModel
    let log: LogCollector
    private let server: ScriptedServer

    var requests: [ScriptedServer.Request] { server.requests }
    var pauses: [Duration] { server.pauses }

    static func run<Result: Sendable>(
        _ kind: Kind, _ answers: [Answer], retries: ModelRetries = ModelRetries(limit: .seconds(600)),
        body: (ModelServer) async throws -> Result
    ) async throws -> Result {
        try await ScriptedServer.run(answers) { server, place in
            let log = LogCollector()
            let connection = ModelConnection(
                try ModelAddress(base: "\(place.url)v1/", key: Secret(Array(key.utf8))),
                http: try OutboundHTTP.testing(allowed: [place.authority], log: log), retries: retries,
                logger: log.logger, pause: server.pause)
            let model: any TextModel =
                switch kind {
                case .chatCompletions: ChatCompletions(connection)
                case .anthropic: AnthropicMessages(connection)
                }
            return try await body(ModelServer(model: model, log: log, server: server))
        }
    }

    /// Nil when it answered.
    func failure(limit: Duration = .seconds(600)) async -> TextModelFailure? {
        do throws(TextModelFailure) {
            _ = try await model.answer(.test(limit: limit))
            return nil
        } catch {
            return error
        }
    }
}

extension TextPrompt {
    static func test(limit: Duration = .seconds(600)) -> TextPrompt {
        TextPrompt(
            model: "qwen/qwen3-7b", instructions: "Describe.", text: #"{"kind":"loop"}"#,
            schema: .object([
                "vibe": .string("words"), "genre": .optionalString("one"), "tags": .list(of: .string("a"), "b"),
            ]),
            limit: limit)
    }
}
