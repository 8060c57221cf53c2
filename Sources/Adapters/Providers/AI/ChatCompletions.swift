import StrictJSON
import WaxwingService

/// Language models by chat completions: OpenRouter, and the many servers that speak the same (Ollama, vLLM, llama.cpp).
///
/// Source: https://openrouter.ai/docs/api-reference/chat-completion, https://platform.openai.com/docs/api-reference/chat
public struct ChatCompletions: TextModel {
    public let backend = "chat_completions"
    private let connection: ModelConnection

    public init(_ connection: ModelConnection) {
        self.connection = connection
    }

    public func answer(_ prompt: TextPrompt) async throws(TextModelFailure) -> TextAnswer {
        let headers = connection.key.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
        let object = try await connection.post(
            "/chat/completions", headers: headers, Request(prompt), within: prompt.limit)
        // Some say with a status of success that they had none.
        if object["error"].map({ $0 != .null }) ?? false { throw .unavailable("it answered with an error") }
        guard let choice = object.objects("choices").first, let message = choice.object("message") else {
            throw .malformed("it has no message")
        }
        if let refusal = message["refusal"]?.string, !refusal.isEmpty { throw .refused("it will not answer") }
        guard let text = message["content"]?.string, !text.isEmpty else { throw .malformed("it is empty") }
        let tokens = object.object("usage")?.tokens(input: "prompt_tokens", output: "completion_tokens")
        return TextAnswer(text: text, tokens: tokens, model: object.modelName ?? prompt.model)
    }

    private struct Request: Encodable {
        let model: String
        let messages: [Message]
        let maxTokens: Int
        let temperature = 0.2
        let format: Format?

        init(_ prompt: TextPrompt) {
            (model, maxTokens) = (prompt.model, prompt.maxOutputTokens)
            messages = [
                Message(role: "system", content: prompt.instructions), Message(role: "user", content: prompt.text),
            ]
            format = prompt.schema.map { Format(schema: .init(schema: $0)) }
        }

        private enum CodingKeys: String, CodingKey {
            case model, messages, temperature
            case maxTokens = "max_tokens"
            case format = "response_format"
        }
    }

    private struct Format: Encodable {
        struct Named: Encodable {
            let name = "answer"
            let strict = true
            let schema: JSONSchema
        }

        let type = "json_schema"
        let schema: Named

        private enum CodingKeys: String, CodingKey {
            case type
            case schema = "json_schema"
        }
    }

    struct Message: Encodable {
        let role: String
        let content: String
    }
}
