@testable import AudioCore

/// Facts of sounds that do not exist.
enum MadeSound {
    static func hit(
        _ name: String, _ role: Role, sure: Double = 0.9, seconds: Double = 0.5, note: Int? = nil,
        loudness: Double = -20
    ) -> KitCandidate {
        let summary = SoundSummary(duration: seconds, kind: .oneShot, note: note, vector: vector(name))
        return KitCandidate(sample: name, summary: summary, role: estimate(role, sure), loudness: loudness)
    }

    static func loop(
        _ name: String, _ role: Role, bpm: Double, key: Key? = nil, seconds: Double = 8, sure: Double = 0.9
    ) -> KitCandidate {
        let summary = SoundSummary(duration: seconds, kind: .loop, bpm: bpm, key: key, vector: vector(name))
        return KitCandidate(sample: name, summary: summary, role: estimate(role, sure), loudness: -20)
    }

    /// What fills one bank.
    static let oneOfEach = [
        loop("beat", .drums, bpm: 120), loop("bassline", .bass, bpm: 120), loop("chords", .melodic, bpm: 120),
        loop("singing", .vocal, bpm: 120), hit("bass", .bass), hit("note", .melodic), hit("word", .vocal),
        hit("noise", .fx), hit("clap", .clap), hit("tom", .tom), hit("cowbell", .percussion), hit("crash", .cymbal),
        hit("kick", .kick), hit("snare", .snare), hit("closed", .closedHat), hit("open", .openHat),
    ]

    /// Sounds of all roles in turn, a quarter of them loops around 120 BPM.
    static func many(_ count: Int) -> [KitCandidate] {
        var random = SplitMix64(seed: 11)
        let (ofHits, ofLoops) = (Role.allCases.filter { $0 != .drums }, [Role.drums, .bass, .melodic, .vocal, .fx])
        return (0..<count).map { index in
            let (name, sure) = ("sound \(index)", Double.random(in: 0.5...1, using: &random))
            guard index % 4 == 0 else { return hit(name, ofHits[index / 4 % ofHits.count], sure: sure) }
            let bpm = Double.random(in: 112...128, using: &random)
            return loop(name, ofLoops[index / 4 % ofLoops.count], bpm: bpm, sure: sure)
        }
    }

    private static func estimate(_ role: Role, _ sure: Double) -> RoleEstimate {
        RoleEstimate(role: role, confidence: sure, reason: "", candidates: [RoleCandidate(role: role, score: sure)])
    }

    /// Of each name another; two of them are about 1.4 apart.
    static func vector(_ name: String) -> SimilarityVector? {
        var random = SplitMix64(seed: name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
        return SimilarityVector(
            (0..<SimilarityVector.length).map { _ in Float.random(in: -0.17...0.17, using: &random) })
    }
}

extension KitCandidate {
    /// Another sound of the same kind.
    var sibling: KitCandidate {
        var other = self
        other.sample += " 2"
        other.summary.vector = MadeSound.vector(other.sample)
        return other
    }
}
