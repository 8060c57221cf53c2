import Foundation

/// Explains a frame's peaks by notes with overtones, so that the fifth above a root is not a note.
///
/// A note's template has overtone h = 1…8 with weight 0.7^(h − 1), each split linearly between the two
/// nearest notes, in a row of unit length. Activations A of the templates D that explain the peaks S
/// come from A = 0.3·S·Dᵀ, then eight times A ← A ∘ (S·Dᵀ) / (A·D·Dᵀ).
///
/// But for its length a template is the same for every note, twelve weights in all: so a product with D
/// is twelve shifted additions, and D·Dᵀ is never needed. Cost: 20,000 multiply-adds a frame.
///
/// Source of the update: D. D. Lee, H. S. Seung, "Learning the parts of objects by non-negative matrix
/// factorization", Nature 401, 1999.
struct NoteActivations: ~Copyable {
    /// Notes 24…107 (C1 to B7).
    static let lowest = 24
    static let count = 84
    /// Notes and zeros up to a whole number of vectors.
    private static let room = 88
    /// Semitones from the first overtone to the eighth, in whole vectors.
    private static let reach = 40

    /// A template before it has unit length: semitones above the note, and weight.
    private let overtones: [(shift: Int, weight: Float)]
    /// One over the length of each row; overtones above the highest note are left out.
    private let norms = AlignedBuffer(count: room)
    private let target = AlignedBuffer(count: room)
    /// Activations times norms, after zeros in which low notes find nothing below them.
    private let shares = AlignedBuffer(count: reach + room)
    /// What the activations make of the spectrum, and zeros in which high notes find nothing above them.
    private let spectrum = AlignedBuffer(count: room + reach)
    /// The activations of the last frame.
    let activations = AlignedBuffer(count: room)

    private static let smallest: Float = 1e-9

    init() {
        var template = [Double](repeating: 0, count: Self.reach)
        for overtone in 1...8 {
            let position = 12 * log2(Double(overtone))
            let part = position - position.rounded(.down)
            let weight = pow(0.7, Double(overtone - 1))
            template[Int(position)] += weight * (1 - part)
            template[Int(position) + 1] += weight * part
        }
        overtones = template.enumerated().filter { $0.element > 0 }.map { ($0.offset, Float($0.element)) }
        for note in 0..<Self.count {
            let row = template.prefix(Self.count - note)
            norms[note] = Float(1 / row.reduce(0) { $0 + $1 * $1 }.squareRoot())
        }
    }

    /// Fills `activations` for one frame.
    ///
    /// - Parameter notes: peak weight of each of the 84 notes.
    func explain(_ notes: UnsafePointer<Float>) {
        spectrum.base.update(from: notes, count: Self.count)
        for index in stride(from: 0, to: Self.room, by: 8) {
            let sum = likeness(index)
            target.base.setLanes(index, sum)
            activations.base.setLanes(index, sum * 0.3 + Self.smallest)
        }
        for _ in 0..<8 {
            render()
            for index in stride(from: 0, to: Self.room, by: 8) {
                let ratio = target.base.lanes(index) / (likeness(index) + Self.smallest)
                activations.base.setLanes(index, activations.base.lanes(index) * ratio)
            }
        }
    }

    /// Fills `spectrum` with activations · D.
    private func render() {
        for index in stride(from: 0, to: Self.room, by: 8) {
            shares.base.setLanes(Self.reach + index, activations.base.lanes(index) * norms.base.lanes(index))
        }
        for index in stride(from: 0, to: Self.room, by: 8) {
            var sum = Lanes(repeating: 0)
            for (shift, weight) in overtones { sum += shares.base.lanes(Self.reach + index - shift) * weight }
            spectrum.base.setLanes(index, sum)
        }
        for index in Self.count..<Self.room { spectrum.base[index] = 0 }
    }

    /// Eight values of spectrum · Dᵀ.
    @inline(__always)
    private func likeness(_ index: Int) -> Lanes {
        var sum = Lanes(repeating: 0)
        for (shift, weight) in overtones { sum += spectrum.base.lanes(index + shift) * weight }
        return sum * norms.base.lanes(index)
    }
}
