/// A sound in words: what a musician would say of it, told from its features by rules that can be read.
///
/// Costs nothing, needs no network, and says the same of the same features every time. What the features leave open is left
/// out: a sound of which little is known has few tags. See <doc:TagsFromFeatures>.
public struct SoundDescription: Equatable, Sendable {
    /// Most tags there are.
    public static let mostTags = 12

    /// In small letters, what matters most first: `loop`, `drums`, `uptempo`, `punchy`.
    public let tags: [String]
    /// One sentence: `A bright, busy drum loop at 137 BPM.`
    public let sentence: String

    public init(_ features: AudioFeatures) {
        guard features.loudness.samplePeak != nil else {
            (tags, sentence) = (["silence"], "Silence.")
            return
        }
        let traits = SoundTraits(features)
        tags = Array(traits.tags.prefix(Self.mostTags))
        sentence = traits.sentence
    }
}
