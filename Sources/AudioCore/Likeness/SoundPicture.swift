import Foundation

/// How a sound is spread over the critical bands from its onset on, in equal steps of time.
///
/// Likeness is told from this: the same steps at every sample rate, nothing of the silence before the sound, and
/// levels against its own loudest step.
struct SoundPicture {
    /// The critical bands below 12 kHz: those above are empty at 22.05 kHz, and lossy coding takes them away first.
    static let bands = 25
    /// Seconds.
    static let step = 0.02
    /// What lies further below the loudest step counts as silence, dB.
    static let floor: Float = -50

    /// Seconds from the start of the file.
    let onset: Double
    let steps: Int
    /// dB against the loudest step, `floor`…0, `[steps × bands]`.
    let levels: [Float]
    /// Mean square of each step over that of the loudest, 0…1.
    let powers: [Float]
    /// Mean square of the loudest step, dB.
    let reference: Double

    /// - Returns: `nil` for silence.
    init?(bark: BarkEnvelope, amplitude: AmplitudeEnvelope) {
        guard let onset = amplitude.onset ?? bark.onset, bark.columns > 0 else { return nil }
        self.onset = onset
        let seconds = Double(bark.columns) / bark.columnRate - onset
        steps = max(1, Int(seconds / Self.step))
        var levels = [Float](repeating: 0, count: (steps * Self.bands + 31) / 32 * 32)
        for step in 0..<steps {
            // A quarter and three quarters into the step: no column is passed over.
            for part in [0.25, 0.75] {
                let column = (onset + (Double(step) + part) * Self.step) * bark.columnRate
                bark.add(column: column, share: 0.5, to: &levels, at: step * Self.bands)
            }
        }
        let sums = (0..<steps).map { levels[$0 * Self.bands..<($0 + 1) * Self.bands].reduce(0, +) }
        // Below −300 dB there is nothing but rounding.
        guard let loudest = sums.max(), loudest > 1e-30 else { return nil }
        powers = sums.map { $0 / loudest }
        reference = 10 * log10(Double(loudest))
        Self.turnIntoDecibels(&levels, against: loudest)
        levels.removeLast(levels.count - steps * Self.bands)
        self.levels = levels
    }

    private static func turnIntoDecibels(_ levels: inout [Float], against loudest: Float) {
        let (share, least) = (1 / loudest, pow(10, floor / 10))
        levels.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for index in values.indices { base[index] = max(least, base[index] * share) }
            for start in stride(from: 0, to: values.count, by: 8) {
                base.setLanes(start, base.lanes(start).decibels)
            }
        }
    }

    /// The bands of one step.
    subscript(step: Int) -> ArraySlice<Float> { levels[step * Self.bands..<(step + 1) * Self.bands] }
}

extension BarkEnvelope {
    /// Adds the bands at a fraction of columns; nothing lies outside.
    fileprivate func add(column: Double, share: Float, to target: inout [Float], at offset: Int) {
        let first = Int(column.rounded(.down))
        let fraction = Float(column - Double(first))
        for (index, weight) in [(first, 1 - fraction), (first + 1, fraction)] where (0..<columns).contains(index) {
            for band in 0..<SoundPicture.bands {
                target[offset + band] += share * weight * powers[index * Self.bands + band]
            }
        }
    }

    /// When the first column comes within 30 dB of the loudest, seconds; `nil` for silence.
    fileprivate var onset: Double? {
        let sums = (0..<columns).map { self[$0].reduce(0, +) }
        guard let loudest = sums.max(), loudest > 0 else { return nil }
        return sums.firstIndex { $0 >= 1e-3 * loudest }.map { Double($0) / columnRate }
    }
}

extension AmplitudeEnvelope {
    /// When the first step comes within 30 dB of the loudest, seconds; `nil` for silence.
    var onset: Double? {
        guard let loudest = powers.max(), loudest > 0 else { return nil }
        return powers.firstIndex { $0 >= 1e-3 * loudest }.map { Double($0) / stepRate }
    }
}
