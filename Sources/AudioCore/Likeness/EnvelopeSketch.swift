import Foundation

/// How a sound rises and falls: the times on a logarithmic scale, on which ears compare them.
///
/// Source: G. Peeters and others, "The Timbre Toolbox", JASA 130, 2011 (attack time, temporal centroid, effective
/// duration).
struct EnvelopeSketch {
    static let count = 7

    /// log₂ of seconds: attack, time above −20 dB, time above −40 dB, centre of gravity after the onset, whole
    /// length; then crest, dB, and the share of the energy in the first 60 ms.
    let values: [Float]

    init(_ amplitude: AmplitudeEnvelope, picture: SoundPicture) {
        let first = min(amplitude.powers.count, Int((amplitude.onset ?? 0) * amplitude.stepRate))
        let powers = Self.smoothed(Array(amplitude.powers[first...]))
        let (peak, energy) = (powers.max() ?? 0, powers.reduce(0, +))
        guard peak > 0, energy > 0 else {
            values = [Float](repeating: 0, count: Self.count)
            return
        }
        func seconds(_ steps: Int) -> Float { Float(Double(steps) / amplitude.stepRate) }
        let rise = (powers.firstIndex { $0 >= 0.8 * peak } ?? 0) + 1
        let above20 = powers.count { $0 >= 1e-2 * peak }
        let above40 = powers.count { $0 >= 1e-4 * peak }
        let moment = zip(0..., powers).reduce(Float(0)) { $0 + Float($1.0) * $1.1 }
        let early = powers.prefix(Int(0.06 * amplitude.stepRate)).reduce(0, +)
        let length = picture.powers.count { $0 >= 1e-5 }
        values = [
            Self.octaves(seconds(rise)), Self.octaves(seconds(above20)), Self.octaves(seconds(above40)),
            Self.octaves(moment / energy / Float(amplitude.stepRate)),
            Self.octaves(Float(length) * Float(SoundPicture.step)),
            10 * log10(peak * Float(max(1, above40)) / energy), early / energy,
        ]
    }

    /// Five milliseconds are nothing to an ear, and would be far from nothing to a logarithm.
    private static func octaves(_ seconds: Float) -> Float { log2(seconds + 0.005) }

    /// Means of five steps, 10 ms: the period of a low note is no attack.
    private static func smoothed(_ powers: [Float]) -> [Float] {
        powers.indices.map { index in
            let near = powers[max(0, index - 2)...min(powers.count - 1, index + 2)]
            return near.reduce(0, +) / 5
        }
    }
}
