import Testing

@testable import AudioCore

@Suite struct SoundDescriptionTests {
    private func sound(_ kind: SoundKind, _ change: (inout AudioFeatures) -> Void = { _ in }) -> AudioFeatures {
        var features = AudioFeatures(
            duration: kind == .oneShot ? 0.5 : 8, sampleRate: 44_100, channels: 1, frames: 22_050, kind: kind)
        features.loudness.samplePeak = -1
        // Three a second: nothing to be said of.
        if kind != .oneShot { features.rhythm.onsets = (0..<24).map { Double($0) / 3 } }
        change(&features)
        return features
    }

    private func tempo(_ bpm: Double, confidence: Double = 0.9, agreement: Double = 1) -> Tempo {
        Tempo(bpm: bpm, confidence: confidence, candidates: [], agreement: agreement)
    }

    private func key(_ scale: Scale, confidence: Double = 0.9) -> KeyEstimate {
        KeyEstimate(key: Key(.a, scale), confidence: confidence, candidates: [], tuning: 0)
    }

    private func role(_ role: Role, confidence: Double = 0.9) -> RoleEstimate {
        RoleEstimate(role: role, confidence: confidence, reason: "", candidates: [])
    }

    @Test func `silence is silence, and nothing more is said of it`() {
        let description = SoundDescription(sound(.loop) { $0.loudness.samplePeak = nil })
        #expect(description.tags == ["silence"] && description.sentence == "Silence.")
    }

    @Test func `what is not known is not said`() {
        let description = SoundDescription(sound(.oneShot))
        #expect(description.tags == ["one-shot"] && description.sentence == "A one-shot.")
    }

    @Test(arguments: [
        (60.0, "very slow"), (69.9, "very slow"), (70, "slow"), (90, "mid-tempo"), (114.9, "mid-tempo"),
        (115, "uptempo"),
        (139.9, "uptempo"), (140, "fast"), (174, "fast"),
    ])
    func `the pace is told from the tempo`(bpm: Double, pace: String) {
        let description = SoundDescription(sound(.loop) { $0.rhythm.tempo = tempo(bpm) })
        #expect(description.tags.contains(pace))
        #expect(description.sentence.hasSuffix("at \(Int(bpm.rounded())) BPM."))
    }

    @Test func `a tempo that is more likely wrong than right, or changes, is no pace`() {
        let unsure = SoundDescription(sound(.loop) { $0.rhythm.tempo = tempo(120, confidence: 0.4) })
        let varied = SoundDescription(sound(.loop) { $0.rhythm.tempo = tempo(120, agreement: 0.5) })
        #expect(unsure.tags == ["loop"])
        #expect(varied.tags == ["loop", "free tempo"] && !varied.sentence.contains("BPM"))
    }

    @Test(arguments: [
        (Scale.minor, 128.0, "driving"), (.minor, 80, "moody"), (.major, 110, "upbeat"), (.major, 75, "mellow"),
    ])
    func `mode and tempo make the mood`(scale: Scale, bpm: Double, mood: String) {
        let description = SoundDescription(
            sound(.loop) {
                $0.tonality.key = key(scale)
                $0.rhythm.tempo = tempo(bpm)
            })
        #expect(description.tags.contains(mood) && description.tags.contains(scale.rawValue))
        #expect(description.sentence.contains("in A \(scale.rawValue)"))
    }

    @Test(
        arguments: [
            (400.0, "dark"), (1_000, "warm"), (2_000, nil), (4_000, "bright"), (9_000, "crisp"),
        ] as [(Double, String?)])
    func `silence around a sound does not make it darker`(centroid: Double, word: String?) {
        let words: Set = ["dark", "warm", "bright", "crisp", "deep"]
        for sounding in [1.0, 0.5, 0.1] {
            let features = sound(.oneShot) {
                $0.timbre.centroid = MeanAndDeviation(
                    mean: centroid * sounding,
                    standardDeviation: centroid * (sounding * (1 - sounding)).squareRoot())
            }
            #expect(SoundDescription(features).tags.filter(words.contains) == (word.map { [$0] } ?? []))
        }
    }

    @Test func `what is low is deep where it is a kick or a bass`() {
        let kick = sound(.oneShot) {
            $0.role = role(.kick)
            $0.timbre.centroid.mean = 300
        }
        #expect(SoundDescription(kick).tags == ["one-shot", "kick", "deep"])
        #expect(SoundDescription(kick).sentence == "A deep kick.")
        var doubtful = kick
        doubtful.role = role(.kick, confidence: 0.3)
        #expect(SoundDescription(doubtful).tags == ["one-shot", "dark"])
    }

    @Test func `noise is noisy, and padding with silence is not`() {
        let noise = sound(.oneShot) {
            $0.timbre.harmonicRatio = 0.5
            $0.timbre.centroid.mean = 11_000
            $0.timbre.flatness.mean = 0.56
        }
        #expect(SoundDescription(noise).tags.contains("noisy"))
        // Half of the frames are silent, whose flatness is 1; the others are a tone.
        let padded = sound(.oneShot) {
            $0.timbre.harmonicRatio = 0.5
            $0.timbre.centroid = MeanAndDeviation(mean: 500, standardDeviation: 500)
            $0.timbre.flatness.mean = 0.5
        }
        #expect(!SoundDescription(padded).tags.contains("noisy"))
    }

    @Test func `percussive sounds with high peaks are punchy, and flat ones dense`() {
        let drums = sound(.loop) {
            $0.timbre.harmonicRatio = 0.2
            ($0.loudness.integrated, $0.loudness.truePeak) = (-16, -1)
            $0.rhythm.onsets = Array(repeating: 0, count: 64)
        }
        #expect(SoundDescription(drums).tags == ["loop", "percussive", "punchy", "busy"])
        let pad = sound(.loop) {
            $0.rhythm.onsets = [0]
            $0.timbre.harmonicRatio = 0.95
            $0.tonality.key = key(.major)
            ($0.loudness.integrated, $0.loudness.truePeak) = (-8, -1)
        }
        #expect(SoundDescription(pad).tags == ["loop", "major", "sustained", "dense", "sparse", "loud"])
    }

    /// Whatever the features are: tags are few, clean and once, the sentence is one.
    @Test(arguments: SoundKind.allCases)
    func `all that can be said at once is still a few words and a sentence`(kind: SoundKind) {
        for value in Role.allCases {
            let features = sound(kind) {
                ($0.role, $0.rhythm.tempo, $0.tonality.key) = (role(value), tempo(174), key(.minor))
                $0.tonality.pitch = PitchEstimate(pitchClass: .a, note: 57, share: 1, tuning: 0)
                $0.rhythm.onsets = Array(repeating: 0, count: 100)
                $0.timbre.centroid.mean = 8_000
                $0.timbre.harmonicRatio = 0.1
                $0.loudness = Loudness(integrated: -5, range: 12, truePeak: 0, samplePeak: 0)
            }
            let description = SoundDescription(features)
            #expect((2...SoundDescription.mostTags).contains(description.tags.count))
            #expect(Set(description.tags).count == description.tags.count)
            #expect(description.tags.allSatisfy { $0 == $0.lowercased() && $0.count <= 32 })
            #expect(description.sentence.last == "." && description.sentence.count <= 200)
        }
    }
}
