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

    /// How much each note counts, octave by octave: all of it, fading out from E6 to E7; and from B♭3 down to
    /// B♭2 on fading in, for the bass.
    private static let fullShares = octaves { (100 - $0) / 12 }
    private static let bassShares = octaves { (58 - $0) / 12 }

    init(_ meter: borrowing PitchPeakMeter) {
        let (peaks, gate) = (meter.peaks, meter.gate)
        tuning = Tuning(peaks, gate: gate)
        full.reserveCapacity(peaks.frames)
        bass.reserveCapacity(peaks.frames)
        lowest.reserveCapacity(peaks.frames)
        let activations = NoteActivations()
        let notes = AlignedBuffer(count: NoteActivations.count)
        for frame in 0..<peaks.frames {
            notes.base.update(repeating: 0, count: notes.count)
            peaks.forEachVector(of: frame) { pitches, heights, weights in
                let loud = Lanes(repeating: 0).replacing(with: weights, where: heights .> gate)
                Self.add(pitches - Float(tuning.offset), loud, to: notes)
            }
            activations.explain(notes.base)
            fold(activations)
        }
    }

    /// Gives each peak to its nearest note, by cos²(π/2 · distance / 0.7).
    private static func add(_ pitches: Lanes, _ weights: Lanes, to notes: borrowing AlignedBuffer) {
        let nearest = pitches.nearestInteger
        // cos² x = (1 + cos 2x)/2
        let nearness = 0.5 + 0.5 * ((pitches - nearest) * Float(0.5 / 0.7)).turn.cosine
        let parts = weights * nearness
        for lane in 0..<8 where parts[lane] > 0 {
            let note = Int(nearest[lane]) - NoteActivations.lowest
            if note >= 0, note < NoteActivations.count { notes[note] += parts[lane] }
        }
    }

    private mutating func fold(_ notes: borrowing NoteActivations) {
        var (full, bass, highest) = (Chroma(), Chroma(), Chroma())
        for octave in 0..<7 {
            let values = UnsafeRawPointer(notes.activations.base + 12 * octave).loadUnaligned(as: Chroma.self)
            full += values * Self.fullShares[octave]
            bass += values * Self.bassShares[octave]
            highest.replace(with: values, where: values .> highest)
        }
        self.full.append(full)
        self.bass.append(bass)
        let largest = highest.lowHalf.larger(highest.highHalf).greatest
        let first = largest > 0 ? (0..<NoteActivations.count).first { notes.activations[$0] > 0.35 * largest } : nil
        lowest.append(first.map { $0 % 12 })
    }

    private static func octaves(_ share: (Float) -> Float) -> [Chroma] {
        (0..<7).map { octave in
            var shares = Chroma()
            for index in 0..<12 {
                let note = NoteActivations.lowest + 12 * octave + index
                shares[index] = min(max(share(Float(note)), 0), 1)
            }
            return shares
        }
    }
}
