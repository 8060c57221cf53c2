import Billing

/// A language model somewhere: text in, text out.
///
/// What comes back was written by a stranger: whoever asks checks it.
public protocol TextModel: Sendable {
    /// What speaks with it, in one word of `a`–`z` and `_`: a label of metrics.
    var backend: String { get }

    /// Asks once; a backend may send the same again where that can help, within the prompt's limit.
    ///
    /// Heeds the cancellation of its task.
    func answer(_ prompt: TextPrompt) async throws(TextModelFailure) -> TextAnswer
}

/// What is asked of a language model.
public struct TextPrompt: Equatable, Sendable {
    /// As the provider names it.
    public var model: String
    /// What it is to do, above all that follows.
    public var instructions: String
    public var text: String
    /// What the answer is to look like; nil where the provider is told in words alone.
    public var schema: JSONSchema?
    /// Most tokens of the answer.
    public var maxOutputTokens: Int
    /// For everything, further tries included.
    public var limit: Duration

    public init(
        model: String, instructions: String, text: String, schema: JSONSchema? = nil, maxOutputTokens: Int = 1024,
        limit: Duration = .seconds(30)
    ) {
        (self.model, self.instructions, self.text, self.schema) = (model, instructions, text, schema)
        (self.maxOutputTokens, self.limit) = (maxOutputTokens, limit)
    }

    /// More than it can be: a token is a byte or several, and some frame each message.
    var mostInputTokens: Int { instructions.utf8.count + text.utf8.count + 256 }
}

public struct TextAnswer: Equatable, Sendable {
    public let text: String
    /// As the provider says; nil where it says nothing that can be believed.
    public let tokens: AITokens?
    /// Which model has answered.
    public let model: String

    public init(text: String, tokens: AITokens?, model: String) {
        (self.text, self.tokens, self.model) = (text, tokens, model)
    }
}

/// Why a language model gave no answer. Words are the program's own, never the provider's.
public enum TextModelFailure: Error, Equatable, Sendable {
    /// Away, out of order, or its key is not good.
    case unavailable(String)
    case rateLimited(retryAfter: Duration?)
    case timeout
    /// It will not: the request as it is, or what it asks for.
    case refused(String)
    /// It has answered, and nobody can read it.
    case malformed(String)
    case cancelled
}

extension TextModelFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unavailable(let reason): "the model is not available (\(reason)): check its settings, or try again later"
        case .rateLimited(let wait):
            "the model is asked too often: try again \(wait.map { "in \($0.components.seconds) s" } ?? "later")"
        case .timeout: "the model has not answered in time: try again later"
        case .refused(let reason): "the model refuses (\(reason)): check which model it is"
        case .malformed(let reason): "the model's answer cannot be read (\(reason)): check which model it is"
        case .cancelled: "the task was cancelled"
        }
    }
}
