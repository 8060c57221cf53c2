import CKernels
import Foundation

/// Mel-frequency cepstral coefficients 0…19 of a stream, and librosa's onset strength.
///
/// The log-mel spectrum, clipped 80 dB below its maximum over the *whole* signal, goes through an
/// orthonormal DCT-II over its 128 bands. That maximum is known at the end only, so 56,250
/// log-mel frames (256 bytes each) are kept and folded into the statistics when the table is full or the
/// stream ends: exact up to ten minutes at 48 kHz, two and a half at 192 kHz; of longer audio every such
/// stretch is clipped 80 dB below the loudest frame up to its end. Kept values are rounded to 1/128 dB,
/// which moves a coefficient by less than 0.01.
///
/// Source: S. B. Davis, P. Mermelstein, "Comparison of parametric representations for monosyllabic word
/// recognition", IEEE TASSP 28(4), 1980; definitions of librosa 0.11 (`feature.mfcc`, `onset_strength`).
struct MelCepstrumMeter: ~Copyable {
    static let coefficients = 20
    static let range: Float = 80

    private(set) var statistics = VectorStatistics(count: coefficients)
    private(set) var onsetStrength = RunningStatistics()
    private var frames: FrameTable<Int16>
    private var largest: Float = MelSpectrum.lowest
    private let cosines = cosineRows()
    private let previous = AlignedBuffer(count: MelSpectrum.bands)
    private let row = AlignedBuffer(count: 24)
    /// Mean rises of the last frames: librosa reports a rise two frames late.
    private var rises: (Float, Float, Float) = (0, 0, 0)
    private var folded = 0
    private let observer: FrameObserver?

    init(keptFrames: Int = SpectralAnalyzer.keptFrames, observer: FrameObserver?) {
        frames = FrameTable(width: MelSpectrum.bands, capacity: keptFrames)
        self.observer = observer
    }

    /// Rows of the orthonormal DCT-II over 128 bands, their first halves: the second ones mirror them.
    private static func cosineRows() -> AlignedBuffer {
        let size = Double(MelSpectrum.bands)
        return AlignedBuffer(
            (0..<coefficients).flatMap { row in
                (0..<MelSpectrum.bands / 2).map { column in
                    let scale = (row == 0 ? 1 / size : 2 / size).squareRoot()
                    return Float(scale * cos(.pi * Double(row) * (2 * Double(column) + 1) / (2 * size)))
                }
            })
    }

    /// - Parameters:
    ///   - levels: log-mel values, one a band.
    ///   - largest: the largest of any frame so far.
    mutating func push(_ levels: UnsafePointer<Int16>, largest: Float) {
        if frames.isFull { fold() }
        self.largest = largest
        frames.append().update(from: levels, count: MelSpectrum.bands)
    }

    /// Call once at the end of the stream.
    mutating func finish() { fold() }

    private mutating func fold() {
        for index in 0..<frames.count { add(frames.row(index)) }
        frames.removeAll()
    }

    private mutating func add(_ frame: UnsafePointer<Int16>) {
        let rise = ck_cepstrum(frame, largest - Self.range, previous.base, cosines.base, Self.coefficients, row.base)
        statistics.add(row.base)
        let strength = takeOnsetStrength(rise: rise / Float(MelSpectrum.bands))
        observer?(.cepstrum(Array(row.array.prefix(Self.coefficients)), onsetStrength: strength))
    }

    /// The rise from frame f − 3 to f − 2; 0 for the first three frames.
    private mutating func takeOnsetStrength(rise: Float) -> Float {
        rises = (rises.1, rises.2, folded == 0 ? 0 : rise)
        let strength = folded < 3 ? 0 : rises.0
        folded += 1
        onsetStrength.add(Double(strength))
        return strength
    }
}
