import Foundation

/// How much happens how fast, whatever the tempo is called.
struct RhythmSketch {
    static let count = 8
    /// Half lengths in steps of 20 ms: changes within 80 ms, 160, 320, 640 ms, 1.3 and 2.6 s.
    private static let scales = [2, 4, 8, 16, 32, 64]

    /// log₂ of (1 + onsets), log₂ of (1 + onsets a second), and how much the level changes within each of six
    /// lengths of time, dB.
    let values: [Float]

    init(_ picture: SoundPicture, onsets: Int) {
        let seconds = Float(max(1, picture.powers.count { $0 >= 1e-5 })) * Float(SoundPicture.step)
        let levels = picture.powers.map { max(-40, 10 * log10($0 + 1e-9)) }
        // Running sums, so that means of any length cost the same.
        var sums: [Float] = [0]
        for level in levels { sums.append(sums[sums.count - 1] + level) }
        let changes = Self.scales.map { length -> Float in
            guard levels.count >= 2 * length else { return 0 }
            var change: Float = 0
            for start in 0...(levels.count - 2 * length) {
                let (middle, end) = (sums[start + length], sums[start + 2 * length])
                change += abs((end - middle) - (middle - sums[start]))
            }
            return change / Float(length * (levels.count - 2 * length + 1))
        }
        values = [log2(1 + Float(onsets)), log2(1 + Float(onsets) / max(0.25, seconds))] + changes
    }
}
