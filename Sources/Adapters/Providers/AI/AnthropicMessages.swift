import StrictJSON
import WaxwingService

/// Claude, by the messages API. What the answer is to look like it is told in words.
///
/// Source: https://docs.anthropic.com/en/api/messages.
public struct AnthropicMessages: TextModel {
    public static let standardModel = "claude-sonnet-4-5-20250929"
    private static let version = "2023-06-01"

    public let backend = "anthropic"
    private let connection: ModelConnection

    public init(_ connection: ModelConnection) {
        self.connection = connection
    }

    public func answer(_ prompt: TextPrompt) async throws(TextModelFailure) -> TextAnswer {
        var headers = [(name: "anthropic-version", value: Self.version)]
        if let key = connection.key { headers.append(("x-api-key", key)) }
        let object = try await connection.post(
            "/messages", headers: headers, Request(prompt), within: prompt.limit)
        if object["stop_reason"]?.string == "refusal" { throw .refused("it will not answer") }
        let text = object.objects("content").filter { $0["type"]?.string == "text" }
            .compactMap { $0["text"]?.string }.joined()
        guard !text.isEmpty else { throw .malformed("it is empty") }
        let tokens = object.object("usage")?.tokens(input: "input_tokens", output: "output_tokens")
        return TextAnswer(text: text, tokens: tokens, model: object.modelName ?? prompt.model)
    }

    private struct Request: Encodable {
        let model: String
        let maxTokens: Int
        let system: String
        let messages: [ChatCompletions.Message]

        init(_ prompt: TextPrompt) {
            (model, maxTokens, system) = (prompt.model, prompt.maxOutputTokens, prompt.instructions)
            messages = [ChatCompletions.Message(role: "user", content: prompt.text)]
        }

        private enum CodingKeys: String, CodingKey {
            case model, system, messages
            case maxTokens = "max_tokens"
        }
    }
}
