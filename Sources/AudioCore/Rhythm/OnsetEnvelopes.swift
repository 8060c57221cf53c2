import Foundation

/// How much the spectrum rose, frame by frame: over all bands, and over the bands from 2 kHz up.
///
/// The mean rise of 128 mel bands in dB. A hat that the kick drum hides in `full` shows in `high`.
struct OnsetEnvelopes: Equatable, Sendable {
    var full: [Float]
    var high: [Float]
    /// Frames per second.
    var frameRate: Double

    var count: Int { full.count }

    /// The frames of a stretch of time.
    func section(_ range: Range<Int>) -> OnsetEnvelopes {
        OnsetEnvelopes(full: Array(full[range]), high: Array(high[range]), frameRate: frameRate)
    }

    /// Envelopes as the tempo search wants them: sharp peaks on zero.
    ///
    /// The start is clipped (a file may begin inside a sound), the mean of the half second around is
    /// subtracted and what is below it becomes zero. An empty `high` (a rate without bands above
    /// 2 kHz, or nothing there) is replaced by `full`.
    func sharpened() -> OnsetEnvelopes {
        let full = sharpen(full)
        let high = sharpen(high)
        return OnsetEnvelopes(full: full, high: high.contains { $0 > 0 } ? high : full, frameRate: frameRate)
    }

    private func sharpen(_ values: [Float]) -> [Float] {
        let rest = values.dropFirst(3).max() ?? .infinity
        let clipped = values.prefix(3).map { min($0, rest) } + values.dropFirst(3)
        let half = Int((0.5 * frameRate).rounded()) / 2
        var sums = [0.0]
        sums.reserveCapacity(clipped.count + 1)
        for value in clipped { sums.append(sums[sums.count - 1] + Double(value)) }
        // A file shorter than the window: its plain mean. Elsewhere the edges divide by the true count.
        let reach = clipped.count < 2 * half + 1 ? clipped.count : half
        return clipped.indices.map { index in
            let (low, high) = (max(0, index - reach), min(clipped.count, index + reach + 1))
            let mean = (sums[high] - sums[low]) / Double(high - low)
            return max(0, clipped[index] - Float(mean))
        }
    }
}

/// Gathers the onset envelopes of a stream from its power spectra.
///
/// Keeps two floats a frame (0.7 kB a second at 44.1 kHz) for the first ten minutes and nothing
/// after: tempo is told from these ten minutes, memory stays bounded for hours of audio.
struct OnsetEnvelopeMeter: ~Copyable {
    private(set) var envelopes: OnsetEnvelopes
    private let mostFrames: Int
    private let bank: MelBank
    private let mel: AlignedBuffer
    private let previous: AlignedBuffer
    /// 1 for the bands centred at 2 kHz or above, else 0.
    private let isHigh: AlignedBuffer
    private let highBands: Float
    /// Largest mel value so far, dB.
    private var largest: Float = -100

    private static let dynamicRange: Float = 60
    private static let lowest: Float = -100

    init(sampleRate: Double, frameLength: Int, hop: Int) {
        bank = MelBank(sampleRate: sampleRate, frameLength: frameLength)
        let high = bank.edges.dropFirst().dropLast().map { Float($0 >= 2000 ? 1 : 0) }
        isHigh = AlignedBuffer(high)
        highBands = max(1, high.reduce(0, +))
        mel = AlignedBuffer(count: bank.bands)
        previous = AlignedBuffer([Float](repeating: Self.lowest, count: bank.bands))
        envelopes = OnsetEnvelopes(full: [], high: [], frameRate: sampleRate / Double(hop))
        mostFrames = Int(600 * envelopes.frameRate)
    }

    /// - Parameter power: |X|² of every bin, with 8 zeros after the last.
    mutating func push(power: UnsafePointer<Float>) {
        guard envelopes.count < mostFrames else { return }
        bank.apply(to: power, into: mel.base)
        takeDecibels()
        // A floor that follows the loudest frame: the answer does not depend on the gain.
        let floor = Lanes(repeating: max(largest - Self.dynamicRange, Self.lowest))
        var (full, high) = (Lanes(repeating: 0), Lanes(repeating: 0))
        for band in stride(from: 0, to: bank.bands, by: 8) {
            let now = mel.base.lanes(band)
            let rise = now.larger(floor) - previous.base.lanes(band).larger(floor)
            let positive = rise.larger(Lanes(repeating: 0))
            full += positive
            high += positive * isHigh.base.lanes(band)
            previous.base.setLanes(band, now)
        }
        envelopes.full.append(full.sum() / Float(bank.bands))
        envelopes.high.append(high.sum() / highBands)
    }

    /// Turns the mel values into dB, not below −100, and keeps the largest.
    private mutating func takeDecibels() {
        var peak = Lanes(repeating: largest)
        for band in stride(from: 0, to: bank.bands, by: 8) {
            let decibels = mel.base.lanes(band).larger(Lanes(repeating: 1e-10)).naturalLogarithm * 4.342_944_8
            mel.base.setLanes(band, decibels)
            peak = peak.larger(decibels)
        }
        largest = peak.greatest
    }
}
