import CKernels
import Foundation

/// Folds a power spectrum into the twelve pitch classes, C first.
///
/// Every bin spreads over the classes like a bell of one semitone around its pitch (wider where bins
/// are farther apart than semitones), its twelve weights have unit length, and bins far from 880 Hz
/// count less. A frame is divided by its largest value; silence stays zero. Not tuned: class A is A440.
///
/// Source: D. Ellis, "Chroma feature analysis and synthesis", 2007; librosa 0.11 (`filters.chroma`,
/// `feature.chroma_stft` with `tuning=0`). The key is told from other, sharper chroma: ``KeyEstimate``.
struct ChromaBank: ~Copyable {
    static let classes = 12
    /// Weights below this are left out: they move no class by a thousandth.
    private static let smallestWeight = 1e-5

    /// Neighbouring bins that belong to a class, and the class.
    private let runs: [ck_span]
    private let classOfRun: [Int]
    private let weights: AlignedBuffer

    init(sampleRate: Double, frameLength: Int) {
        let columns = Self.columns(sampleRate: sampleRate, frameLength: frameLength)
        var (runs, classes, weights): ([ck_span], [Int], [Float]) = ([], [], [])
        for pitchClass in 0..<Self.classes {
            var bin = 0
            while let first = columns[bin...].firstIndex(where: { $0[pitchClass] >= Self.smallestWeight }) {
                let end = columns[first...].firstIndex { $0[pitchClass] < Self.smallestWeight } ?? columns.count
                let length = (end - first + 7) / 8 * 8
                runs.append(ck_span(first: UInt32(first), offset: UInt32(weights.count), length: UInt32(length)))
                classes.append(pitchClass)
                weights += columns[first..<end].map { Float($0[pitchClass]) }
                weights += repeatElement(0, count: length - (end - first))
                bin = end
            }
        }
        (self.runs, classOfRun) = (runs, classes)
        self.weights = AlignedBuffer(weights)
    }

    /// Room that ``apply(to:sums:into:)`` wants for its sums.
    var runCount: Int { runs.count + 8 }

    /// Twelve weights a bin.
    private static func columns(sampleRate: Double, frameLength: Int) -> [SIMD16<Double>] {
        // Semitones above 27.5 Hz, the lowest A; the bin at 0 Hz is put an octave and a half below the next.
        var pitches = (0...frameLength).map { 12 * log2(max(Double($0), 1) * sampleRate / Double(frameLength) / 27.5) }
        pitches[0] = pitches[1] - 18
        return (0...frameLength / 2).map { bin in
            let width = max(pitches[bin + 1] - pitches[bin], 1)
            var (bells, square) = (SIMD16<Double>(), 0.0)
            for pitchClass in 0..<classes {
                // Classes count from C, pitches from A.
                let above = (pitches[bin] - Double((pitchClass + 3) % 12) + 126).truncatingRemainder(dividingBy: 12) - 6
                bells[pitchClass] = exp(-0.5 * pow(2 * above / width, 2))
                square += bells[pitchClass] * bells[pitchClass]
            }
            return bells * (exp(-0.5 * pow((pitches[bin] / 12 - 5) / 2, 2)) / square.squareRoot())
        }
    }

    /// - Parameters:
    ///   - power: |X|² of every bin, with 8 zeros after the last.
    ///   - sums: room for ``runCount`` values.
    ///   - chroma: room for 16 values, the last four of which become zero.
    func apply(to power: UnsafePointer<Float>, sums: borrowing AlignedBuffer, into chroma: borrowing AlignedBuffer) {
        ck_band_sums(power, runs, runs.count, weights.base, sums.base)
        chroma.base.update(repeating: 0, count: 16)
        for (run, pitchClass) in classOfRun.enumerated() { chroma.base[pitchClass] += sums.base[run] }
        let largest = chroma.base.lanes(0).larger(chroma.base.lanes(8)).greatest
        guard largest >= .leastNormalMagnitude else { return }
        for index in 0..<Self.classes { chroma.base[index] /= largest }
    }
}
