import Billing
import SampleLibrary

/// What a sound is like, in words: `ai_analysis`.
struct VibeView: Described {
    let vibe: String
    @ExplicitNull var genre: String?
    let tags: [String]
    /// `features`: by rules, without a model.
    let source: VibeAnalysis.Source
    @ExplicitNull var model: String?
    /// US dollars.
    let cost: Double
    /// Why there are no words of a model although one was asked for.
    @ExplicitNull var fallbackReason: VibeAnalysis.Shortfall?

    init(_ vibe: VibeAnalysis) {
        (self.vibe, genre, tags) = (vibe.vibe, vibe.genre, vibe.tags)
        (source, model, fallbackReason) = (vibe.source, vibe.model, vibe.shortfall)
        cost = MicroUSD(vibe.costMicroUSD).dollars
    }

    private init(example: Void) {
        (vibe, genre, tags) = ("Late at night, and going somewhere.", "techno", ["loop", "dark", "driving"])
        (source, model, cost, fallbackReason) = (.model, "qwen/qwen3-7b", 0.00105, nil)
    }

    static let example = VibeView(example: ())
}
