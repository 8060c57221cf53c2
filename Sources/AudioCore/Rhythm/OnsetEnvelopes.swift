import Foundation

/// How much the spectrum rose, frame by frame: over all bands, and over the bands from 2 kHz up.
///
/// The mean rise of 128 mel bands in dB. A hat that the kick drum hides in `full` shows in `high`, and
/// what is left without `high` shows kick and bass.
struct OnsetEnvelopes: Equatable, Sendable {
    var full: [Float]
    var high: [Float]
    /// Mean over all bands of the squared rise, dB².
    var squared: [Float]
    /// The strongest band of the first frame against the strongest of all, dB: 0 or less.
    var openingLevel: Float = 0
    /// Share of the bands that are high, 0…1.
    var highShare: Float = 0.5
    /// Frames per second.
    var frameRate: Double

    var count: Int { full.count }

    /// Mean rise of the bands below 2 kHz at a frame; of all where none are.
    func low(_ frame: Int) -> Float {
        highShare < 1 ? max(0, full[frame] - highShare * high[frame]) / (1 - highShare) : full[frame]
    }

    /// The frames of a stretch of time.
    func section(_ range: Range<Int>) -> OnsetEnvelopes {
        OnsetEnvelopes(
            full: Array(full[range]), high: Array(high[range]), squared: Array(squared[range]), highShare: highShare,
            frameRate: frameRate)
    }

    /// Envelopes as the tempo search wants them: sharp peaks on zero.
    ///
    /// The start is clipped (a file may begin inside a sound), the mean of the half second around is
    /// subtracted and what is below it becomes zero. An empty `high` (a rate without bands above
    /// 2 kHz, or nothing there) is replaced by `full`.
    func sharpened() -> OnsetEnvelopes {
        let full = sharpen(full)
        let high = sharpen(high)
        return OnsetEnvelopes(
            full: full, high: high.contains { $0 > 0 } ? high : full, squared: squared, highShare: highShare,
            frameRate: frameRate)
    }

    private func sharpen(_ values: [Float]) -> [Float] {
        let rest = values.dropFirst(3).max() ?? .infinity
        let clipped = values.prefix(3).map { min($0, rest) } + values.dropFirst(3)
        let half = Int((0.5 * frameRate).rounded()) / 2
        let means = MovingMean(clipped)
        // A file shorter than the window: its plain mean. Elsewhere the edges divide by the true count.
        let reach = clipped.count < 2 * half + 1 ? clipped.count : half
        return clipped.indices.map { max(0, clipped[$0] - Float(means.mean(around: $0, before: reach, after: reach))) }
    }
}

/// Gathers the onset envelopes of a stream from its power spectra.
///
/// Keeps three floats a frame (1 kB a second at 44.1 kHz) for the first ten minutes and nothing
/// after: onsets, tempo and beats are told from these ten minutes, memory stays bounded for hours of audio.
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
    /// The same after the first frame.
    private var opening: Float = -100

    private static let dynamicRange: Float = 60
    private static let lowest: Float = -100

    init(sampleRate: Double, frameLength: Int, hop: Int) {
        bank = MelBank(sampleRate: sampleRate, frameLength: frameLength)
        let high = bank.edges.dropFirst().dropLast().map { Float($0 >= 2000 ? 1 : 0) }
        isHigh = AlignedBuffer(high)
        highBands = max(1, high.reduce(0, +))
        mel = AlignedBuffer(count: bank.bands)
        previous = AlignedBuffer([Float](repeating: Self.lowest, count: bank.bands))
        envelopes = OnsetEnvelopes(
            full: [], high: [], squared: [], highShare: high.reduce(0, +) / Float(bank.bands),
            frameRate: sampleRate / Double(hop))
        mostFrames = Int(600 * envelopes.frameRate)
    }

    /// - Parameter power: |X|² of every bin, with 8 zeros after the last.
    mutating func push(power: UnsafePointer<Float>) {
        guard envelopes.count < mostFrames else { return }
        bank.apply(to: power, into: mel.base)
        takeDecibels()
        if envelopes.count == 0 { opening = largest }
        envelopes.openingLevel = opening - largest
        // A floor that follows the loudest frame: the answer does not depend on the gain.
        let floor = Lanes(repeating: max(largest - Self.dynamicRange, Self.lowest))
        var (full, high, squared) = (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0))
        for band in stride(from: 0, to: bank.bands, by: 8) {
            let now = mel.base.lanes(band)
            let rise = now.larger(floor) - previous.base.lanes(band).larger(floor)
            let positive = rise.larger(Lanes(repeating: 0))
            full += positive
            high += positive * isHigh.base.lanes(band)
            squared += positive * positive
            previous.base.setLanes(band, now)
        }
        envelopes.full.append(full.sum() / Float(bank.bands))
        envelopes.high.append(high.sum() / highBands)
        envelopes.squared.append(squared.sum() / Float(bank.bands))
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
