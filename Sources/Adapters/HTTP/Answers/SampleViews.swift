import AudioCore
import SampleLibrary
import Storage
import WaxwingService

struct SampleView: ListedMembers {
    let id: String
    let filename: String
    let contentType: String
    let size: Int
    let duration: Double
    let sampleRate: Int
    /// With those below as the owner corrected them, else as they were measured.
    let bpm: Double?
    let key: String?
    let camelot: String?
    let kind: SoundKind
    let role: AudioCore.Role?
    let tags: [String]
    let corrections: CorrectionsView
    let fileUrl: String
    let createdAt: Timestamp
    let hiddenAt: Timestamp?
    let audioFeatures: AudioFeaturesView
    let aiAnalysis: VibeView

    init(_ found: SampleDetails) {
        let (summary, sample) = (found.summary, found.summary.sample)
        (id, filename, contentType, size) = (sample.id.text, sample.filename, sample.contentType, sample.size)
        (duration, sampleRate) = (summary.duration, summary.sampleRate)
        (bpm, key, camelot) = (summary.bpm, summary.key?.name, summary.key?.camelot)
        (kind, role, tags) = (summary.kind, summary.role, summary.tags.map(\.text))
        corrections = CorrectionsView(sample.corrections)
        (fileUrl, createdAt, hiddenAt) = ("/api/samples/\(sample.id)/audio", sample.createdAt, sample.hiddenAt)
        (audioFeatures, aiAnalysis) = (.kept(RawJSON(text: found.features)), VibeView(found.vibe))
    }

    private init(example features: AudioFeatures) {
        (id, filename, contentType, size) = (.exampleID, "loop.wav", "audio/wav", 612_908)
        (duration, sampleRate, audioFeatures) = (features.duration, features.sampleRate, .measured(features))
        (bpm, key, camelot, kind, role) = (70, "A minor", "8A", .loop, .melodic)
        (tags, corrections) = (["dusty", "guitar"], .example)
        (fileUrl, createdAt) = ("/api/samples/\(String.exampleID)/audio", .example)
        (hiddenAt, aiAnalysis) = (nil, .example)
    }

    func list(in members: inout some MemberList) throws {
        try members.add("id", id)
        try members.add("filename", filename)
        try members.add("content_type", contentType)
        try members.add("size", size)
        try members.add("duration", duration)
        try members.add("sample_rate", sampleRate)
        try members.add("bpm", bpm)
        try members.add("key", key)
        try members.add("camelot", camelot)
        try members.add("kind", kind)
        try members.add("role", role)
        try members.add("tags", tags)
        try members.add("corrections", corrections)
        try members.add("file_url", fileUrl)
        try members.add("created_at", createdAt)
        try members.add("hidden_at", hiddenAt)
        try members.add("audio_features", audioFeatures)
        try members.add("ai_analysis", aiAnalysis)
    }

    static let example = SampleView(example: .example)
}

/// What an analysis found.
enum AudioFeaturesView: Described {
    case measured(AudioFeatures)
    /// As the library keeps it, which is as clients see it.
    case kept(RawJSON)

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .measured(let features): try features.encode(to: encoder)
        case .kept(let json):
            var container = encoder.singleValueContainer()
            try container.encode(json)
        }
    }

    static let example = AudioFeaturesView.measured(.example)
}

/// What the owner knows better than the analysis.
struct CorrectionsView: ListedMembers {
    let bpm: Double?
    let key: String?
    let kind: SoundKind?
    let role: AudioCore.Role?

    init(_ corrections: SampleCorrections) {
        (bpm, key) = (corrections.bpm, corrections.key?.name)
        (kind, role) = (corrections.kind, corrections.role)
    }

    func list(in members: inout some MemberList) throws {
        try members.add("bpm", bpm)
        try members.add("key", key)
        try members.add("kind", kind)
        try members.add("role", role)
    }

    static let example = CorrectionsView(SampleCorrections(bpm: 70, role: .melodic))
}

/// A sample among others, without all that was measured.
struct SampleSummaryView: Described {
    let id: String
    let filename: String
    let duration: Double
    @ExplicitNull var bpm: Double?
    @ExplicitNull var key: String?
    @ExplicitNull var camelot: String?
    let kind: SoundKind
    @ExplicitNull var role: AudioCore.Role?
    @ExplicitNull var loudnessLufs: Double?
    let tags: [String]
    let fileUrl: String
    let createdAt: Timestamp

    init(_ found: SampleSummary) {
        let sample = found.sample
        (id, filename, duration) = (sample.id.text, sample.filename, found.duration)
        (bpm, key, camelot) = (found.bpm, found.key?.name, found.key?.camelot)
        (kind, role, loudnessLufs, tags) = (found.kind, found.role, found.loudness, found.tags.map(\.text))
        (fileUrl, createdAt) = ("/api/samples/\(sample.id)/audio", sample.createdAt)
    }

    private init(example: Void) {
        (id, filename, duration) = (.exampleID, "kick.wav", 0.41)
        (bpm, key, camelot, kind, role) = (nil, "A minor", "8A", .oneShot, .kick)
        (loudnessLufs, tags) = (-9.2, ["dusty"])
        (fileUrl, createdAt) = ("/api/samples/\(String.exampleID)/audio", .example)
    }

    static let example = SampleSummaryView(example: ())
}

struct SimilarSampleView: Described {
    let sample: SampleSummaryView
    /// 0 for the same sound, about 1.4 for two picked at random.
    let distance: Double
    let shared: [String]

    init(_ found: SimilarSample) {
        (sample, shared) = (SampleSummaryView(found.sample), found.shared)
        distance = (Double(found.distance) * 10_000).rounded() / 10_000
    }

    private init(example: Void) {
        (sample, distance, shared) = (.example, 0.4312, ["similar attack and colour", "both short"])
    }

    static let example = SimilarSampleView(example: ())
}

/// A sample that goes with another, and what must be done to it.
struct MatchingSampleView: Described {
    let sample: SampleSummaryView
    /// To shift its pitch by.
    let semitones: Int
    /// To stretch its time by.
    @ExplicitNull var stretchPercent: Double?
    /// Of it to a beat of the other: 1, 2 or 0.5.
    @ExplicitNull var beats: Double?
    /// How the keys go together then.
    @ExplicitNull var mix: HarmonicMix?
    /// The key it is in then.
    @ExplicitNull var camelot: String?
    let change: Double

    init(_ found: MatchingSample) {
        let match = found.match
        (sample, semitones, beats, mix) = (SampleSummaryView(found.sample), match.shift, match.tempo?.beats, match.mix)
        (stretchPercent, change) = (match.tempo.map { Self.rounded($0.percent) }, Self.rounded(match.change))
        camelot = match.key?.camelot
    }

    private init(example: Void) {
        (sample, semitones, stretchPercent, beats) = (.example, -1, 2.4, 1)
        (mix, camelot, change) = (.relative, "8B", 8.35)
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    static let example = MatchingSampleView(example: ())
}

/// How many samples have what.
struct SampleCountsView: Described {
    let total: Int
    let kinds: [String: Int]
    let roles: [String: Int]
    /// By place on the Camelot wheel.
    let keys: [String: Int]
    @ExplicitNull var bpm: RangeView?
    @ExplicitNull var duration: RangeView?
    /// The most frequent first.
    let tags: [TagView]

    init(_ counts: SampleCounts) {
        func named<Value: Hashable>(_ counts: [Value: Int], _ name: (Value) -> String) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: counts.map { (name($0), $1) })
        }
        total = counts.total
        (kinds, roles) = (named(counts.kinds, \.rawValue), named(counts.roles, \.rawValue))
        keys = named(counts.keys, \.camelot)
        (bpm, duration) = (counts.tempo.map(RangeView.init), counts.duration.map(RangeView.init))
        tags = counts.tags.map(TagView.init)
    }

    static let example: SampleCountsView = {
        var counts = SampleCounts()
        (counts.total, counts.kinds, counts.roles) = (120, [.loop: 80, .oneShot: 40], [.kick: 12, .melodic: 30])
        (counts.keys, counts.tempo, counts.duration) = ([Key(.a, .minor): 9], 70...174, 0.1...31.5)
        counts.tags = SampleTag("dusty").map { [TagCount(tag: $0, count: 17)] } ?? []
        return SampleCountsView(counts)
    }()
}

struct RangeView: Described {
    let min: Double
    let max: Double

    init(_ range: ClosedRange<Double>) { (min, max) = (range.lowerBound, range.upperBound) }

    static let example = RangeView(70...174)
}

struct TagView: Described {
    let tag: String
    let count: Int

    init(_ count: TagCount) { (tag, self.count) = (count.tag.text, count.count) }

    private init(example: Void) { (tag, count) = ("dusty", 17) }

    static let example = TagView(example: ())
}

/// What became of one of many samples.
struct SampleOutcomeView: Described {
    enum Outcome: String, Encodable, CaseIterable {
        case done, accepted
        case notFound = "not_found"
        case refused
    }

    let id: String
    let outcome: Outcome
    @ExplicitNull var jobId: String?
    @ExplicitNull var reason: String?

    init(_ outcome: SampleOutcome) {
        id = outcome.id
        switch outcome.result {
        case .done: self.outcome = .done
        case .accepted(let job): (self.outcome, jobId) = (.accepted, job.text)
        case .notFound: self.outcome = .notFound
        case .refused(let why): (self.outcome, reason) = (.refused, why)
        }
    }

    private init(example: Void) { (id, outcome, jobId, reason) = (.exampleID, .accepted, .exampleID, nil) }

    static let example = SampleOutcomeView(example: ())
}
