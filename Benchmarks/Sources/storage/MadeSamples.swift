import AudioCore
import Foundation
import SampleLibrary
import SeededRandom
import Storage

/// A made-up library as people keep them: packs of drums and loops, names with counts and keys, some tags, a few hidden.
struct MadeSamples {
    static let start = Timestamp(milliseconds: 1_700_000_000_000)
    /// On nine of ten thousand samples, as a word that a single search is after.
    static let rareWord = "theremin"

    private static let packs = [
        "Dusty", "Night Drive", "Basement", "Sunday Soul", "Tape", "Gold", "Winter", "Brass City",
    ]
    private static let tags = [
        "dusty", "soul", "wet", "dry", "vinyl", "warm", "hard", "favourite", "lofi", "jazz", "90s", "trap",
    ]
    /// What the analysis says of a loop and of a hit, without outlines, which no list reads.
    private let loop: AudioFeatures
    private let hit: AudioFeatures

    init() throws {
        let rate = 44_100
        func beat(_ seconds: Double) -> [Float] {
            (0..<Int(seconds * Double(rate))).map { index in
                let time = (Double(index) / Double(rate)).truncatingRemainder(dividingBy: 0.48)
                return Float(0.7 * exp(-time / 0.08) * sin(2 * .pi * (55 * time + 3 * exp(-time * 40))))
            }
        }
        loop = try AudioAnalysis.analyze(beat(7.68), sampleRate: rate)
        hit = try AudioAnalysis.analyze(beat(0.48), sampleRate: rate)
    }

    static func date(of number: Int) -> Timestamp { start + .seconds(number * 37) }

    /// Sample `number` of an owner, always the same but for its identifier.
    func sample(_ number: Int, of owner: AccountID) -> (item: AnalyzedSample, tags: Set<SampleTag>) {
        var random = SplitMix64(seed: UInt64(number))
        let features = features(&random)
        let id = SampleID.random()
        let sample = Sample(
            id: id, owner: owner, filename: filename(number, features, &random),
            object: ObjectKey(in: "processed", of: owner, id), contentType: "audio/wav",
            size: 44 + features.frames * 4, etag: "e-\(number)", createdAt: Self.date(of: number))
        let tags = (0..<Int.random(in: 0...4, using: &random)).compactMap { _ in
            Self.tags.randomElement(using: &random).flatMap { SampleTag($0) }
        }
        return (AnalyzedSample(sample: sample, features: features), Set(tags))
    }

    private func features(_ random: inout SplitMix64) -> AudioFeatures {
        var features = Bool.random(using: &random) ? loop : hit
        features.duration = (Double.random(in: 0.5...2, using: &random) * features.duration * 1000).rounded() / 1000
        let roles: [Role] = features.kind == .loop ? [.drums, .melodic, .bass, .vocal, .fx] : Role.allCases
        features.role = roles.randomElement(using: &random).map {
            RoleEstimate(role: $0, confidence: 0.8, reason: "made up", candidates: [RoleCandidate(role: $0, score: 1)])
        }
        if features.kind == .loop {
            let bpm = Double(Int.random(in: 60_000...180_000, using: &random)) / 1000
            features.rhythm.tempo = Tempo(
                bpm: bpm, confidence: 0.9, candidates: [TempoCandidate(bpm: bpm, probability: 1)], agreement: 1)
        }
        let key = Int.random(in: 0..<3, using: &random) > 0 ? Key.allCases.randomElement(using: &random) : nil
        features.tonality.key = key.map {
            KeyEstimate(
                key: $0, confidence: 0.7, candidates: [KeyCandidate(key: $0, probability: 0.7)], tuning: 0)
        }
        return features
    }

    private func filename(_ number: Int, _ features: AudioFeatures, _ random: inout SplitMix64) -> String {
        let pack = Self.packs.randomElement(using: &random) ?? ""
        let role = number % 1_111 == 7 ? Self.rareWord : features.role?.role.rawValue ?? "take"
        let tempo = features.bpm.map { " \(Int($0))bpm" } ?? ""
        let key = features.key.map { " \($0.camelot)" } ?? ""
        return "\(pack) \(role) \(number % 200)\(tempo)\(key).wav"
    }
}
