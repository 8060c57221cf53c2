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

    /// Neighbouring bins that belong to a class.
    private struct Run {
        var pitchClass: Int
        var firstBin: Int
        var offset: Int
        var length: Int
    }

    private let runs: [Run]
    private let weights: AlignedBuffer
    /// The last frame, with zeros after the twelfth.
    let chroma = AlignedBuffer(count: 16)

    init(sampleRate: Double, frameLength: Int) {
        let columns = Self.columns(sampleRate: sampleRate, frameLength: frameLength)
        var (runs, weights): ([Run], [Float]) = ([], [])
        for pitchClass in 0..<Self.classes {
            var bin = 0
            while bin < columns.count {
                guard columns[bin][pitchClass] >= Self.smallestWeight else {
                    bin += 1
                    continue
                }
                let end = columns[bin...].firstIndex { $0[pitchClass] < Self.smallestWeight } ?? columns.count
                let length = (end - bin + 7) / 8 * 8
                runs.append(Run(pitchClass: pitchClass, firstBin: bin, offset: weights.count, length: length))
                weights += columns[bin..<end].map { Float($0[pitchClass]) }
                weights += Array(repeating: 0, count: length - (end - bin))
                bin = end
            }
        }
        self.runs = runs
        self.weights = AlignedBuffer(weights)
    }

    /// Twelve weights a bin.
    private static func columns(sampleRate: Double, frameLength: Int) -> [[Double]] {
        // Semitones above 27.5 Hz, the lowest A; the bin at 0 Hz is put an octave and a half below the next.
        var pitches = (0...frameLength).map { 12 * log2(max(Double($0), 1) * sampleRate / Double(frameLength) / 27.5) }
        pitches[0] = pitches[1] - 18
        return (0...frameLength / 2).map { bin in
            let width = max(pitches[bin + 1] - pitches[bin], 1)
            let bells = (0..<classes).map { pitchClass in
                // Classes count from C, pitches from A.
                let above = (pitches[bin] - Double((pitchClass + 3) % 12) + 126).truncatingRemainder(dividingBy: 12) - 6
                return exp(-0.5 * pow(2 * above / width, 2))
            }
            let length = bells.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let loudness = exp(-0.5 * pow((pitches[bin] / 12 - 5) / 2, 2))
            return bells.map { $0 / length * loudness }
        }
    }

    /// - Parameter power: |X|² of every bin, with 8 zeros after the last.
    func measure(power: UnsafePointer<Float>) {
        chroma.base.update(repeating: 0, count: 16)
        for run in runs {
            chroma.base[run.pitchClass] += dotProduct(
                power + run.firstBin, weights.base + run.offset, count: run.length)
        }
        let largest = chroma.base.lanes(0).larger(chroma.base.lanes(8)).greatest
        guard largest >= .leastNormalMagnitude else { return }
        for index in 0..<Self.classes { chroma.base[index] /= largest }
    }
}
