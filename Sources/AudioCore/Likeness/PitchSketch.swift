import Foundation

/// Which notes a sound is made of, as far as it is made of notes.
///
/// Pitch classes as points on the circles of fifths, minor thirds and major thirds: notes that sound well together
/// are near each other.
///
/// Source: C. Harte, M. Sandler, M. Gasser, "Detecting Harmonic Change in Musical Audio", ACM MM 2006.
struct PitchSketch {
    static let count = 8

    /// The six coordinates of the tonal centroid, the height of a single pitch in octaves from middle C, and how
    /// sure the notes are, 0…1.
    let values: [Float]

    init(_ tonality: Tonality, chroma: [MeanAndDeviation]) {
        let sureness = Float(tonality.pitch?.share ?? tonality.key?.confidence ?? 0)
        let sum = chroma.reduce(0) { $0 + $1.mean }
        var centroid = [Float](repeating: 0, count: 6)
        if sum > 0 {
            for (pitchClass, value) in chroma.enumerated() {
                for (circle, turn) in [(0, 7.0 / 6), (1, 3.0 / 2), (2, 2.0 / 3)] {
                    let angle = Double(pitchClass) * turn * .pi
                    let radius = (circle == 2 ? 0.5 : 1) * value.mean / sum
                    centroid[2 * circle] += sureness * Float(radius * sin(angle))
                    centroid[2 * circle + 1] += sureness * Float(radius * cos(angle))
                }
            }
        }
        values = centroid + [tonality.pitch.map { Float($0.note - 60) / 12 } ?? 0, sureness]
    }
}
