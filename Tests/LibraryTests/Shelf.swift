import FreshDatabases
import Storage

@testable import AudioCore
@testable import SampleLibrary

/// A catalog over an empty database.
struct Shelf {
    let database: any Database
    let catalog = SampleCatalog()
    let owner = AccountID.random()
    let start = Timestamp(milliseconds: 1_800_000_000_123)

    init() async throws {
        database = try await FreshDatabase.make()
        try await database.migrate([LibrarySchema.migrations], at: start)
    }

    /// - Parameter age: seconds before `start`.
    func item(
        of owner: AccountID? = nil, filename: String = "kick.wav", features: AudioFeatures = .bare, age: Int = 0
    ) -> AnalyzedSample {
        let (id, owner) = (SampleID.random(), owner ?? self.owner)
        let sample = Sample(
            id: id, owner: owner, filename: filename, object: ObjectKey(in: "processed", of: owner, id),
            contentType: "audio/wav", size: 44, etag: "e-\(id)", createdAt: start - .seconds(age))
        return AnalyzedSample(sample: sample, features: features)
    }

    func insert(_ item: AnalyzedSample) async throws {
        try await database.write { try catalog.insert(item, in: $0) }
    }

    func find(_ id: SampleID, of owner: AccountID) async throws -> AnalyzedSample? {
        try await database.read { try catalog.find(id, of: owner, in: $0) }
    }

    func list(of owner: AccountID, _ page: PageRequest) async throws -> Page<AnalyzedSample> {
        try await database.read { try catalog.list(of: owner, page, in: $0) }
    }

    func remove(_ id: SampleID, of owner: AccountID) async throws -> Sample? {
        try await database.write { try catalog.remove(id, of: owner, in: $0) }
    }
}

extension AudioFeatures {
    static let rich: AudioFeatures = {
        var features = bare
        (features.format, features.duration, features.sampleRate, features.channels) = (.flac, 7.5294, 44_100, 2)
        (features.frames, features.bitDepth, features.kind) = (332_047, 24, .loop)
        let tempo = Tempo(
            bpm: 127.502, confidence: 0.9125,
            candidates: [
                TempoCandidate(bpm: 127.502, probability: 0.9), TempoCandidate(bpm: 63.751, probability: 0.1),
            ],
            agreement: 1)
        features.rhythm = Rhythm(tempo: tempo, onsets: [0.003, 0.236, 0.474], beats: [0, 0.471])
        features.tonality.key = KeyEstimate(
            key: Key(.fSharp, .minor), confidence: 0.71,
            candidates: [
                KeyCandidate(key: Key(.fSharp, .minor), probability: 0.7),
                KeyCandidate(key: Key(.a, .major), probability: 0.3, relation: .relative),
            ],
            tuning: -0.123)
        features.timbre.centroid = MeanAndDeviation(mean: 2_345.67, standardDeviation: 123.456)
        features.timbre.flatness = MeanAndDeviation(mean: 0.000123456, standardDeviation: 0)
        features.timbre.mfcc = [MeanAndDeviation(mean: -217.875, standardDeviation: 1e-6)]
        features.loudness = Loudness(integrated: -13.7421, range: 4.2, truePeak: -0.300001)
        features.waveform = WaveformPeaks(min: [-0.5, -1, -0.0001], max: [0.5, 0.9999, 0])
        return features
    }()

    static let bare = AudioFeatures(
        duration: 0.01, sampleRate: 8_000, channels: 1, frames: 80, kind: .oneShot)
}
