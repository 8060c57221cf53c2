import Testing

@testable import AudioCore

@Suite struct NoteActivationTests {
    @Test(arguments: [0, 9, 40])
    func `a note with overtones is explained by its fundamental`(note: Int) {
        let notes = AlignedBuffer(count: NoteActivations.count)
        for (overtone, semitones) in [0, 12, 19, 24, 28, 31, 34, 36].enumerated() {
            notes[note + semitones] = [1, 0.7, 0.49, 0.34, 0.24, 0.17, 0.12, 0.08][overtone]
        }
        let activations = NoteActivations()
        activations.explain(notes.base)
        let values = activations.activations.array
        #expect(values[note] > 1)
        #expect(values.indices.allSatisfy { $0 == note || values[$0] < 0.25 * values[note] })
    }

    @Test func `the highest note has no overtones to find`() {
        let notes = AlignedBuffer(count: NoteActivations.count)
        notes[NoteActivations.count - 1] = 1
        let activations = NoteActivations()
        activations.explain(notes.base)
        let values = activations.activations.array
        #expect(values.max() == values[NoteActivations.count - 1])
    }

    @Test func `nothing activates nothing`() {
        let activations = NoteActivations()
        let silence = AlignedBuffer(count: NoteActivations.count)
        activations.explain(silence.base)
        #expect(activations.activations.array.allSatisfy { $0 < 1e-8 })
    }
}
