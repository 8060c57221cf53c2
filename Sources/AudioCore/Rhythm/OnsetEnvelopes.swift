import CKernels
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
    private let previous: AlignedBuffer
    /// 1 for the bands centred at 2 kHz or above, else 0.
    private let isHigh: AlignedBuffer
    private let highBands: Float
    /// Largest value of the first frame, dB.
    private var opening = MelSpectrum.lowest

    private static let dynamicRange: Float = 60

    /// - Parameter edges: of the mel bands, Hz.
    init(edges: [Double], frameRate: Double) {
        let high = edges.dropFirst().dropLast().map { Float($0 >= 2000 ? 1 : 0) }
        isHigh = AlignedBuffer(high)
        highBands = max(1, high.reduce(0, +))
        previous = AlignedBuffer([Float](repeating: MelSpectrum.lowest, count: high.count))
        envelopes = OnsetEnvelopes(
            full: [], high: [], squared: [], highShare: high.reduce(0, +) / Float(high.count), frameRate: frameRate)
        mostFrames = Int(600 * frameRate)
    }

    /// - Parameters:
    ///   - decibels: log-mel values, one a band.
    ///   - largest: the largest of any frame so far.
    mutating func push(_ decibels: UnsafePointer<Float>, largest: Float) {
        guard envelopes.count < mostFrames else { return }
        if envelopes.count == 0 { opening = largest }
        envelopes.openingLevel = opening - largest
        // A floor that follows the loudest frame: the answer does not depend on the gain.
        let floor = max(largest - Self.dynamicRange, MelSpectrum.lowest)
        let rises = ck_rise(decibels, previous.base, isHigh.base, previous.count, floor)
        envelopes.full.append(rises.full / Float(previous.count))
        envelopes.high.append(rises.high / highBands)
        envelopes.squared.append(rises.squared / Float(previous.count))
    }
}
