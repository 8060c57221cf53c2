import Billing
import Synchronization

@testable import WaxwingService

/// A language model that answers as the test says, and remembers what it was asked.
final class ScriptedModel: TextModel {
    typealias Script = @Sendable (_ prompt: TextPrompt, _ number: Int) async throws(TextModelFailure) -> TextAnswer

    static let good = #"{"vibe": "Late at night.", "genre": "techno", "tags": ["dark", "loop"]}"#

    let backend = "scripted"
    private let script: Script
    private let asked = Mutex<[TextPrompt]>([])

    var prompts: [TextPrompt] { asked.withLock { $0 } }

    init(_ script: @escaping Script) {
        self.script = script
    }

    /// One answer after the other; the last for ever.
    convenience init(saying texts: String..., tokens: AITokens? = AITokens(input: 100, output: 50)) {
        self.init { prompt, number in
            TextAnswer(text: texts[min(number, texts.count) - 1], tokens: tokens, model: prompt.model)
        }
    }

    convenience init(failing failure: TextModelFailure) {
        self.init { _, _ throws(TextModelFailure) in throw failure }
    }

    func answer(_ prompt: TextPrompt) async throws(TextModelFailure) -> TextAnswer {
        let number = asked.withLock { prompts in
            prompts.append(prompt)
            return prompts.count
        }
        return try await script(prompt, number)
    }
}

/// Does as one that hangs: heeds its cancellation, and nothing else.
func hang() async {
    try? await Task.sleep(for: .seconds(3_600))
}
