import Foundation

/// The notes of every frame folded into one octave.
struct ChromaFrames {
    /// Twelve values from C on, all octaves; the top one fades out.
    private(set) var full: [Chroma] = []
    /// Twelve values from C on, the low octaves only.
    private(set) var bass: [Chroma] = []
    /// Pitch class of the lowest sounding note, where there is one.
    private(set) var lowest: [Int?] = []
    let tuning: Tuning

    /// Twelve values from C on and four unused.
    typealias Chroma = SIMD16<Float>

    init(_ meter: borrowing PitchPeakMeter) {
        let gate = 1e-3 * meter.largest
        tuning = Tuning(peaks: meter.peaks.lazy.filter { $0.height > gate })
        let activations = NoteActivations()
        let notes = AlignedBuffer(count: NoteActivations.count)
        let ends = meter.frameStarts.dropFirst() + [meter.peaks.count]
        for (start, end) in zip(meter.frameStarts, ends) {
            notes.base.update(repeating: 0, count: notes.count)
            for peak in meter.peaks[start..<end] where peak.height > gate {
                Self.add(peak, tuning: Float(tuning.offset), to: notes)
            }
            activations.explain(notes.base)
            fold(activations)
        }
    }

    private static func add(_ peak: PitchPeak, tuning: Float, to notes: borrowing AlignedBuffer) {
        let pitch = peak.pitch - tuning
        let note = Int(pitch.rounded()) - NoteActivations.lowest
        guard note >= 0, note < NoteActivations.count else { return }
        let nearness = cos(.pi / 2 * min(1, abs(pitch - pitch.rounded()) / 0.7))
        notes[note] += peak.weight * nearness * nearness
    }

    private mutating func fold(_ notes: borrowing NoteActivations) {
        var (full, bass, largest) = (Chroma(), Chroma(), Float(0))
        for index in 0..<NoteActivations.count {
            let (value, note) = (notes.activations[index], Float(index + NoteActivations.lowest))
            full[index % 12] += value * min(max((100 - note) / 12, 0), 1)
            bass[index % 12] += value * min(max((58 - note) / 12, 0), 1)
            largest = max(largest, value)
        }
        self.full.append(full)
        self.bass.append(bass)
        let first = largest > 0 ? (0..<NoteActivations.count).first { notes.activations[$0] > 0.35 * largest } : nil
        lowest.append(first.map { $0 % 12 })
    }
}
