import AudioCore
import Billing
import SampleLibrary
import Storage

/// A sample with what is known of it, as an account takes it away.
struct ArchivedSample: Encodable {
    let id: String
    let filename: String
    let contentType: String
    let size: Int
    let createdAt: Timestamp
    let hiddenAt: Timestamp?
    let fileUrl: String
    let tags: [String]
    let corrections: SampleCorrections
    let audioFeatures: AudioFeatures
    let aiAnalysis: ArchivedVibe

    init(_ item: AnalyzedSample, tags: [SampleTag]) {
        let sample = item.sample
        (id, filename, contentType, size) = (sample.id.text, sample.filename, sample.contentType, sample.size)
        (createdAt, hiddenAt, fileUrl) = (sample.createdAt, sample.hiddenAt, "/api/samples/\(sample.id)/audio")
        (self.tags, corrections, audioFeatures) = (tags.map(\.text), sample.corrections, item.features)
        aiAnalysis = ArchivedVibe(item.described)
    }
}

struct ArchivedVibe: Encodable {
    let vibe: String
    let genre: String?
    let tags: [String]
    let source: VibeAnalysis.Source
    let model: String?
    /// US dollars.
    let cost: Double
    let fallbackReason: VibeAnalysis.Shortfall?

    init(_ vibe: VibeAnalysis) {
        (self.vibe, genre, tags, source) = (vibe.vibe, vibe.genre, vibe.tags, vibe.source)
        (model, fallbackReason) = (vibe.model, vibe.shortfall)
        cost = MicroUSD(vibe.costMicroUSD).dollars
    }
}
