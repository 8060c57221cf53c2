import Billing
import SampleLibrary

/// What a sound is like, in words: `ai_analysis`.
struct VibeView: ListedMembers {
    let vibe: String
    let genre: String?
    let tags: [String]
    /// `features`: by rules, without a model.
    let source: VibeAnalysis.Source
    let model: String?
    /// US dollars.
    let cost: Double
    /// Why there are no words of a model although one was asked for.
    let fallbackReason: VibeAnalysis.Shortfall?

    init(_ vibe: VibeAnalysis) {
        (self.vibe, genre, tags) = (vibe.vibe, vibe.genre, vibe.tags)
        (source, model, fallbackReason) = (vibe.source, vibe.model, vibe.shortfall)
        cost = MicroUSD(vibe.costMicroUSD).dollars
    }

    private init(example: Void) {
        (vibe, genre, tags) = ("Late at night, and going somewhere.", "techno", ["loop", "dark", "driving"])
        (source, model, cost, fallbackReason) = (.model, "qwen/qwen3-7b", 0.00105, nil)
    }

    func list(in members: inout some MemberList) throws {
        try members.add("vibe", vibe)
        try members.add("genre", genre)
        try members.add("tags", tags)
        try members.add("source", source)
        try members.add("model", model)
        try members.add("cost", cost)
        try members.add("fallback_reason", fallbackReason)
    }

    static let example = VibeView(example: ())
}
