/// What the tags and the sentence of a ``SoundDescription`` are made of, each in one word, or not said.
struct SoundTraits {
    let kind: SoundKind
    /// Nil where it is more likely wrong than right.
    let role: Role?
    /// Nil where it is more likely wrong than right, or changes.
    let bpm: Double?
    let variesTempo: Bool
    /// As ``bpm``.
    let key: Key?
    let isPitched: Bool
    let pace: String?
    let brightness: String?
    let texture: String?
    let dynamics: String?
    let level: String?
    let density: String?
    let length: String?

    init(_ features: AudioFeatures) {
        let (tempo, timbre) = (features.rhythm.tempo, features.timbre)
        kind = features.kind
        role = features.role.flatMap { $0.confidence >= 0.5 ? $0.role : nil }
        variesTempo = tempo?.varies ?? false
        bpm = tempo.flatMap { $0.confidence >= 0.5 && !$0.varies ? $0.bpm : nil }
        key = features.tonality.key.flatMap { $0.confidence >= 0.5 ? $0.key : nil }
        isPitched = features.tonality.pitch != nil
        pace = bpm.map(Self.pace)
        brightness = Self.brightness(timbre.centroid, isLow: role == .bass || role == .kick)
        texture = Self.texture(timbre, isPitched: isPitched || key != nil)
        dynamics = Self.dynamics(features.loudness, isPercussive: texture == "percussive")
        level = Self.level(features.loudness.integrated)
        density = Self.density(onsets: features.rhythm.onsets.count, seconds: features.duration, kind)
        length = Self.length(features.duration, kind)
    }

    /// What tempo, mode and density make of each other.
    var mood: String? {
        switch (key?.scale, bpm, density) {
        case (.minor?, let bpm?, _) where bpm >= 115: "driving"
        case (.minor?, let bpm?, _) where bpm < 95: "moody"
        case (.major?, let bpm?, _) where bpm >= 105: "upbeat"
        case (.major?, let bpm?, _) where bpm < 90: "mellow"
        case (nil, let bpm?, "busy"?) where bpm >= 115: "driving"
        default: nil
        }
    }

    var tags: [String] {
        let all = [
            kind.rawValue, role?.rawValue, mood, pace, variesTempo ? "free tempo" : nil, key?.scale.rawValue,
            isPitched ? "pitched" : nil, brightness, texture, dynamics, density, length, level,
        ]
        return all.compactMap { $0 }
    }

    /// In beats per minute: as DJs and producers part them.
    private static func pace(_ bpm: Double) -> String {
        switch bpm {
        case ..<70: "very slow"
        case ..<90: "slow"
        case ..<115: "mid-tempo"
        case ..<140: "uptempo"
        default: "fast"
        }
    }

    /// By the centroid of what sounds. Frames of silence have none and count as 0; the contraharmonic mean leaves them out.
    private static func brightness(_ centroid: MeanAndDeviation, isLow: Bool) -> String? {
        guard let share = soundingShare(centroid) else { return nil }
        switch centroid.mean / share {
        case ..<600: return isLow ? "deep" : "dark"
        case ..<1_500: return isLow ? "deep" : "warm"
        case ..<3_000: return nil
        case ..<6_000: return "bright"
        default: return "crisp"
        }
    }

    private static func texture(_ timbre: Timbre, isPitched: Bool) -> String? {
        guard let held = timbre.harmonicRatio else { return nil }
        if held <= 0.35 { return "percussive" }
        if isPitched { return held >= 0.85 ? "sustained" : nil }
        // Frames of silence are perfectly flat.
        guard let share = soundingShare(timbre.centroid), share >= 0.5 else { return nil }
        return (timbre.flatness.mean - (1 - share)) / share >= 0.25 ? "noisy" : nil
    }

    /// How many of the frames sound, if all that do are about as bright: m²/(m² + s²). Nil where none does.
    private static func soundingShare(_ centroid: MeanAndDeviation) -> Double? {
        let (mean, deviation) = (centroid.mean, centroid.standardDeviation)
        return mean > 0 ? mean * mean / (mean * mean + deviation * deviation) : nil
    }

    /// By how far peaks stand above the loudness (PLR), and by how far the loudness varies (LRA).
    private static func dynamics(_ loudness: Loudness, isPercussive: Bool) -> String? {
        if let range = loudness.range, range >= 10 { return "dynamic" }
        guard let peak = loudness.truePeak, let integrated = loudness.integrated else { return nil }
        switch peak - integrated {
        case ..<8: return "dense"
        case 14... where isPercussive: return "punchy"
        default: return nil
        }
    }

    private static func level(_ integrated: Double?) -> String? {
        guard let integrated else { return nil }
        return integrated >= -9 ? "loud" : integrated < -30 ? "quiet" : nil
    }

    private static func density(onsets: Int, seconds: Double, _ kind: SoundKind) -> String? {
        guard kind != .oneShot, seconds > 0 else { return nil }
        switch Double(onsets) / seconds {
        case ..<1.5: return "sparse"
        case 7...: return "busy"
        default: return nil
        }
    }

    private static func length(_ seconds: Double, _ kind: SoundKind) -> String? {
        guard kind == .oneShot else { return nil }
        return seconds < 0.25 ? "short" : seconds >= 2 ? "long" : nil
    }
}
