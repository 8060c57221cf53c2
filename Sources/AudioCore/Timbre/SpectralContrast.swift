import Foundation

/// Spectral contrast of a stream: how far peaks stand above valleys in seven bands, dB.
///
/// Bands: 0–200, 200–400, 400–800, 800–1600, 1600–3200, 3200–6400 Hz and the rest. A band's peak is the
/// mean of its largest 2 % of magnitudes (at least one bin), its valley that of the smallest. Both are
/// taken in 10·log10 and clipped 80 dB below the largest peak, or valley, of the whole signal; as that
/// is known at the end only, ten minutes of both are kept, and folded like ``MelCepstrumMeter``'s.
/// A band above the Nyquist frequency has no contrast: 0.
///
/// Source: D.-N. Jiang et al., "Music type classification by spectral contrast feature", ICME 2002;
/// edge rules of librosa 0.11 (`feature.spectral_contrast`).
struct SpectralContrastMeter: ~Copyable {
    static let bands = 7
    private static let range: Float = 80

    private(set) var statistics = VectorStatistics(count: bands)
    private let extremes: [BandExtremes]
    /// Peaks of the seven bands in 0…6, valleys in 8…14.
    private var frames: FrameTable<Float>
    private var largestPeak = -Float.infinity
    private var largestValley = -Float.infinity
    private let difference = AlignedBuffer(count: 8)
    private let observer: FrameObserver?

    init(sampleRate: Double, frameLength: Int, frameRate: Double, observer: FrameObserver?) {
        extremes = Self.bandRanges(sampleRate: sampleRate, frameLength: frameLength).map {
            BandExtremes(bins: $0.bins, extremes: $0.extremes)
        }
        frames = FrameTable(width: 16, capacity: FrameTable<Float>.tenMinutes(frameRate: frameRate))
        self.observer = observer
    }

    /// The bins of every band, and how many of them make a peak.
    static func bandRanges(sampleRate: Double, frameLength: Int) -> [(bins: Range<Int>, extremes: Int)] {
        let binWidth = sampleRate / Double(frameLength)
        let nyquist = frameLength / 2
        return (0..<bands).map { band in
            let low = band == 0 ? 0 : 100 * pow(2, Double(band))
            let first = Int((low / binWidth).rounded(.up))
            guard first <= nyquist else { return (0..<0, 0) }
            let isLast = band == bands - 1
            let last = isLast ? nyquist : min(nyquist, Int(200 * pow(2, Double(band)) / binWidth))
            // Every band but the first also takes the bin below it; all but the last drop their highest.
            let bins = max(0, first - (band == 0 ? 0 : 1))..<last + 1
            let extremes = max(1, Int((0.02 * Double(bins.count)).rounded(.toNearestOrEven)))
            let kept = isLast ? bins : bins.dropLast()
            return (kept, min(extremes, kept.count))
        }
    }

    /// - Parameter magnitude: |X| of every bin, with 8 zeros after the last.
    mutating func push(magnitude: UnsafePointer<Float>) {
        if frames.isFull { fold() }
        var (peaks, valleys) = (Lanes(repeating: 0), Lanes(repeating: 0))
        for band in extremes.indices {
            (peaks[band], valleys[band]) = extremes[band].measure(magnitude)
        }
        peaks = peaks.larger(Lanes(repeating: 1e-10)).decibels
        valleys = valleys.larger(Lanes(repeating: 1e-10)).decibels
        let row = frames.append()
        row.setLanes(0, peaks)
        row.setLanes(8, valleys)
        largestPeak = max(largestPeak, peaks.greatest)
        largestValley = max(largestValley, valleys.greatest)
    }

    /// Call once at the end of the stream.
    mutating func finish() { fold() }

    private mutating func fold() {
        let peakFloor = Lanes(repeating: largestPeak - Self.range)
        let valleyFloor = Lanes(repeating: largestValley - Self.range)
        for index in 0..<frames.count {
            let row = frames.row(index)
            let (peaks, valleys) = (row.lanes(0).larger(peakFloor), row.lanes(8).larger(valleyFloor))
            difference.base.setLanes(0, peaks - valleys)
            statistics.add(difference.base)
            observer?(
                .contrast(peaks: (0..<Self.bands).map { peaks[$0] }, valleys: (0..<Self.bands).map { valleys[$0] }))
        }
        frames.removeAll()
    }
}
