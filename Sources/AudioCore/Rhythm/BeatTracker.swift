import Foundation

/// Finds the beats of audio whose tempo is known.
///
/// Dynamic programming finds the sequence of frames that rise most while keeping close to the period;
/// it may drift with the players. Then the phase is questioned: a piece mostly begins on a beat, a loop
/// of a whole number of beats nearly always, so off-beats must be much stronger to win. Cost: about
/// half a period of additions a frame.
///
/// Source: D. Ellis, "Beat Tracking by Dynamic Programming", J. New Music Research 36 (2007).
struct BeatTracker {
    let envelopes: OnsetEnvelopes
    /// Seconds, ascending.
    let onsets: [Double]
    /// Frames a beat.
    let period: Double
    /// Seconds of audio, as far as it is looked at.
    let duration: Double

    /// How much a beat costs that is off the period, times ln²(its length / the period).
    private static let tightness: Float = 400
    /// What a phase gains when the first onset is on its grid, in deviations of the rise…
    private static let openingBonus: Float = 0.75
    /// … and when the piece lasts a whole number of beats besides.
    private static let loopBonus: Float = 2

    /// - Parameters:
    ///   - envelopes: not sharpened.
    ///   - bpm: 30…300.
    init(envelopes: OnsetEnvelopes, onsets: [Double], bpm: Double, duration: Double) {
        (self.envelopes, self.onsets) = (envelopes, onsets)
        period = 60 * envelopes.frameRate / bpm
        self.duration = min(duration, Double(envelopes.count) / envelopes.frameRate)
    }

    /// Seconds, ascending; none for audio of less than two beats or without onsets.
    func beats() -> [Double] {
        guard Double(envelopes.count) >= 2 * period, !onsets.isEmpty else { return [] }
        let strength = strength()
        guard let path = inPhase(path(over: strength), strength) else { return [] }
        let grid = BeatGrid(period: period / envelopes.frameRate, onsets: onsets)
        return grid.extend(grid.settle(path.map { $0 / envelopes.frameRate }), duration: duration)
    }

    /// How much each frame speaks for a beat: rises, low ones foremost, smoothed, mean 0, deviation 1.
    private func strength() -> [Float] {
        var rises = envelopes.full.indices.map { 0.25 * envelopes.full[$0] + envelopes.low($0) }
        // A file that starts with silence rises there from nothing.
        if onsets.first != 0 { rises[0] = 0 }
        let half = Int(period / 2)
        let means = MovingMean(rises)
        let sharp = rises.indices.map { rises[$0] - Float(means.mean(around: $0, before: half, after: half)) }
        let smooth = Self.smooth(sharp, deviation: max(0.5, period / 32))
        let mean = smooth.reduce(0, +) / Float(smooth.count)
        let variance = smooth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(smooth.count)
        guard variance > 0 else { return smooth }
        return smooth.map { $0 / variance.squareRoot() }
    }

    private static func smooth(_ values: [Float], deviation: Double) -> [Float] {
        let reach = Int(4 * deviation)
        let kernel = (-reach...reach).map { Float(exp(-0.5 * pow(Double($0) / deviation, 2))) }
        return values.indices.map { index in
            var sum: Float = 0
            for near in max(0, index - reach)...min(values.count - 1, index + reach) {
                sum += kernel[near - index + reach] * values[near]
            }
            return sum
        }
    }

    /// The best sequence of frames about a period apart.
    private func path(over strength: [Float]) -> [Double] {
        let shortest = max(1, Int((0.8 * period).rounded()))
        let penalties = (shortest...max(shortest, Int((1.25 * period).rounded()))).map {
            -Self.tightness * Float(pow(log(Double($0) / period), 2))
        }
        var scores = strength
        var previous = [Int](repeating: -1, count: strength.count)
        for frame in strength.indices.dropFirst(shortest) {
            var best: Float = 0
            for (index, penalty) in penalties.enumerated() where shortest + index <= frame {
                let score = scores[frame - shortest - index] + penalty
                if score > best { (best, previous[frame]) = (score, frame - shortest - index) }
            }
            scores[frame] += best
        }
        let last = max(0, strength.count - Int(period))..<strength.count
        var frame = last.max { scores[$0] < scores[$1] } ?? -1
        var path: [Double] = []
        while frame >= 0 {
            path.append(Double(frame))
            frame = previous[frame]
        }
        return path.reversed()
    }

    /// The path, or the one shifted by a quarter, half or three quarters of a beat that is more likely.
    private func inPhase(_ path: [Double], _ strength: [Float]) -> [Double]? {
        guard let opening = onsets.first else { return nil }
        let beats = duration * envelopes.frameRate / period
        let isLoop = duration <= LengthEvidence.longest && abs(beats - beats.rounded()) < 0.03 && opening < 0.03
        let bonus = Self.openingBonus + (isLoop ? Self.loopBonus : 0)
        var best: (score: Float, path: [Double])?
        for shift in [0, 0.25, 0.5, 0.75] {
            let shifted = path.map { $0 + shift * period }.filter { $0 <= Double(strength.count - 1) }
            guard let first = shifted.first else { continue }
            let phase = ((opening * envelopes.frameRate - first) / period).remainder(dividingBy: 1)
            let sum = shifted.reduce(Float(0)) { $0 + strength[Int($1.rounded())] }
            let score = sum / Float(shifted.count) + bonus * Float(exp(-0.5 * pow(phase / 0.08, 2)))
            if score > best?.score ?? -.infinity { best = (score, shifted) }
        }
        return best?.path
    }
}
