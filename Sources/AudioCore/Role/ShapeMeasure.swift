import Foundation

/// A number that a role can be told from, with its name in words.
enum ShapeMeasure: CaseIterable, Sendable {
    case attack, decay, length, sustain, bursts, strokes
    case below100, below200, below400, from200to1080, from400to2320, above2320, above5300
    case spread, flatness, change
    case clarity, voicedShare, pitch, wander, harmonicRatio, noisiness, key

    /// Times, pitches and noisiness are compared by their ratio, all else by its difference.
    var isLogarithmic: Bool {
        switch self {
        case .attack, .decay, .length, .pitch, .noisiness: true
        default: false
        }
    }

    /// Seconds, shares of 1, critical bands, Hz or semitones; times are at least what can be told apart.
    func value(_ shape: SoundShape) -> Double {
        let (level, bands, periodicity) = (shape.level, shape.bands, shape.periodicity)
        return switch self {
        case .attack: max(level.attack, 0.001)
        case .decay: max(level.decay, 0.005)
        case .length: max(level.length, 0.01)
        case .sustain: level.sustain
        case .bursts: Double(level.bursts)
        case .strokes: Double(level.strokes)
        case .below100: bands.share(0, 100)
        case .below200: bands.share(0, 200)
        case .below400: bands.share(0, 400)
        case .from200to1080: bands.share(200, 1_080)
        case .from400to2320: bands.share(400, 2_320)
        case .above2320: bands.share(2_320)
        case .above5300: bands.share(5_300)
        case .spread: bands.spread
        case .flatness: bands.flatness
        case .change: bands.change
        case .clarity: periodicity.clarity
        case .voicedShare: periodicity.voicedShare
        // What has no pitch is lower than any.
        case .pitch: max(periodicity.pitch ?? 0, 20)
        case .wander: periodicity.wander
        case .harmonicRatio: shape.harmonicRatio
        case .noisiness: max(shape.noisiness, 1e-4)
        case .key: shape.keyConfidence
        }
    }

    /// "82 % of the energy below 200 Hz".
    func words(_ shape: SoundShape) -> String {
        let value = value(shape)
        return switch self {
        case .attack: value < 0.0015 ? "attack within 1 ms" : String(format: "attack %.0f ms", 1_000 * value)
        case .decay: "falls by 20 dB in \(seconds(value))"
        case .length: "sounds for \(seconds(value))"
        case .sustain: "\(percent(value)) of its time near its loudest"
        case .bursts: counted(shape.level.bursts, "burst", "in the first 60 ms")
        case .strokes: counted(shape.level.strokes, "stroke", "in all")
        case .below100: "\(percent(value)) of the energy below 100 Hz"
        case .below200: "\(percent(value)) of the energy below 200 Hz"
        case .below400: "\(percent(value)) of the energy below 400 Hz"
        case .from200to1080: "\(percent(value)) of the energy from 200 to 1,080 Hz"
        case .from400to2320: "\(percent(value)) of the energy from 400 to 2,320 Hz"
        case .above2320: "\(percent(value)) of the energy above 2,320 Hz"
        case .above5300: "\(percent(value)) of the energy above 5,300 Hz"
        case .spread: String(format: "spread over %.1f critical bands", value)
        case .flatness: "510 to 9,500 Hz filled to \(percent(value))"
        case .change: "\(percent(value)) of the spectrum changes in 70 ms"
        case .clarity: "\(percent(value)) periodic"
        case .voicedShare: "a clear pitch for \(percent(value)) of the time"
        case .pitch: shape.periodicity.pitch.map { String(format: "pitch %.0f Hz", $0) } ?? "no clear pitch"
        case .wander: String(format: "the pitch wanders by %.2f semitones", value)
        case .harmonicRatio: "\(percent(value)) of the energy held rather than struck"
        case .noisiness: "\(percent(min(1, 2 * value))) noise from 400 to 4,000 Hz"
        case .key: value > 0 ? "the notes of a key (\(percent(value)) sure)" : "no key"
        }
    }

    private func percent(_ share: Double) -> String {
        String(format: share > 0 && share < 0.01 ? "%.1f %%" : "%.0f %%", 100 * share)
    }

    private func seconds(_ time: Double) -> String { String(format: time < 0.1 ? "%.3f s" : "%.2f s", time) }

    private func counted(_ count: Int, _ word: String, _ where: String) -> String {
        "\(count) \(word)\(count == 1 ? "" : "s") \(`where`)"
    }
}
