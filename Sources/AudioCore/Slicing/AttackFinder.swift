import Foundation

/// Finds the sample at which an attack starts, near where an onset was detected.
///
/// The detector sees frames and is some milliseconds early or late. Here the sound of 4 ms after a point is compared
/// with that of 4 ms before, as it is and as the difference of neighbouring samples, which shows a hat that a bass
/// hides; the point where both rise most, not too far from the detected one, is within half a millisecond of the
/// attack. Then samples are looked at: it starts with the first one that stands out of what was there before.
///
/// Early is better than late: a slice that begins late has lost its click, and the one before it ends with one.
struct AttackFinder {
    private let rate: Double
    /// Samples of one step of the search, half a millisecond.
    private let step: Int
    private var levels: [Float] = []
    private var edges: [Float] = []

    /// Seconds before and after a detected onset within which its attack is looked for.
    static let reach = 0.02
    /// Steps whose sound is compared with that of as many before.
    private static let span = 8
    /// What is so far under the loudest of the neighbourhood is silence: a share of its energy, −50 dB.
    private static let silence: Float = 1e-5
    /// dB that a rise 10 ms off the detected onset is worth less; further off, the square of that.
    private static let doubt: Float = 3

    init(sampleRate: Int) {
        rate = Double(sampleRate)
        step = max(1, sampleRate / 2_000)
    }

    /// Samples before and after an onset that must be there to tell.
    static func margin(sampleRate: Int) -> Int { Int(0.026 * Double(sampleRate)) }

    /// - Parameters:
    ///   - sound: the neighbourhood of an onset: at least the margin before and after it.
    ///   - onset: index of the onset in it.
    /// - Returns: index of the first sample of the attack.
    mutating func attack(in sound: UnsafeBufferPointer<Float>, near onset: Int) -> Int {
        measure(sound)
        let (quiet, quietEdge) = ((levels.max() ?? 0) * Self.silence, (edges.max() ?? 0) * Self.silence)
        guard quiet > 0 || quietEdge > 0 else { return onset }
        var best = (score: -Float.infinity, step: onset / step)
        let reach = Int(Self.reach * rate) / step
        let middle = onset / step
        let candidates = max(Self.span, middle - reach)...max(Self.span, min(levels.count - Self.span, middle + reach))
        for candidate in candidates where candidate + Self.span <= levels.count {
            let distance = Float(Double((candidate - middle) * step) / rate / 0.01)
            let score =
                Self.rise(levels, at: candidate, floor: quiet) + Self.rise(edges, at: candidate, floor: quietEdge)
                - Self.doubt * distance * distance
            if score > best.score { best = (score, candidate) }
        }
        return start(in: sound, around: best.step * step)
    }

    /// Energy of every step: of the samples, and of what they differ from the ones before.
    private mutating func measure(_ sound: UnsafeBufferPointer<Float>) {
        levels.removeAll(keepingCapacity: true)
        edges.removeAll(keepingCapacity: true)
        for first in stride(from: 0, through: sound.count - step, by: step) {
            var (level, edge): (Float, Float) = (0, 0)
            for index in first..<first + step {
                let difference = sound[index] - (index > 0 ? sound[index - 1] : sound[index])
                level += sound[index] * sound[index]
                edge += difference * difference
            }
            levels.append(level)
            edges.append(edge)
        }
    }

    /// By how many dB the steps from `at` on are louder than those before; 0 for softer.
    private static func rise(_ steps: [Float], at point: Int, floor: Float) -> Float {
        var (before, after): (Float, Float) = (0, 0)
        for offset in 0..<span {
            before += steps[point - 1 - offset]
            after += steps[point + offset]
        }
        guard floor > 0 else { return 0 }
        return max(0, 10 * log10((after + floor) / (before + floor)))
    }

    /// The first sample that stands out, from 2 ms before `point` to 2 ms after.
    private func start(in sound: UnsafeBufferPointer<Float>, around point: Int) -> Int {
        let near = Int(0.002 * rate)
        let before = Self.loudest(sound, max(1, point - 3 * near)..<max(1, point - near))
        let after = Self.loudest(sound, max(1, point)..<max(1, min(sound.count, point + 2 * near)))
        let level = before.level + 0.05 * max(0, after.level - before.level)
        let edge = before.edge + 0.05 * max(0, after.edge - before.edge)
        for index in max(1, point - near)..<max(1, min(sound.count, point + near)) {
            if sound[index].magnitude > level || (sound[index] - sound[index - 1]).magnitude > edge { return index }
        }
        return point
    }

    private static func loudest(
        _ sound: UnsafeBufferPointer<Float>, _ range: Range<Int>
    ) -> (level: Float, edge: Float) {
        var (level, edge): (Float, Float) = (0, 0)
        for index in range {
            level = max(level, sound[index].magnitude)
            edge = max(edge, (sound[index] - sound[index - 1]).magnitude)
        }
        return (level, edge)
    }
}
