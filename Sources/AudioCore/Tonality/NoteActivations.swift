import Foundation

/// Explains a frame's peaks by notes with overtones, so that the fifth above a root is not a note.
///
/// A note's template has overtone h = 1…8 with weight 0.7^(h − 1), each split linearly between the two
/// nearest notes, in a row of unit length. Activations A of the templates D that explain the peaks S
/// come from A = 0.3·S·Dᵀ, then eight times A ← A ∘ (S·Dᵀ) / (A·D·Dᵀ).
///
/// Source of the update: D. D. Lee, H. S. Seung, "Learning the parts of objects by non-negative matrix
/// factorization", Nature 401, 1999. Cost: 56,000 multiply-adds a frame.
struct NoteActivations: ~Copyable {
    /// Notes 24…107 (C1 to B7).
    static let lowest = 24
    static let count = 84
    /// Notes and zeros up to a whole number of vectors.
    private static let room = 96

    private let templates: AlignedBuffer
    private let products: AlignedBuffer
    private let target = AlignedBuffer(count: room)
    private let explained = AlignedBuffer(count: room)
    /// The activations of the last frame.
    let activations = AlignedBuffer(count: room)

    private static let smallest: Float = 1e-9

    init() {
        let rows = (0..<Self.count).map(Self.template)
        templates = AlignedBuffer(count: Self.count * Self.room)
        products = AlignedBuffer(count: Self.count * Self.room)
        for (i, row) in rows.enumerated() {
            for (j, other) in rows.enumerated() {
                products[i * Self.room + j] = Float(zip(row, other).reduce(0) { $0 + $1.0 * $1.1 })
                // Transposed, so that a sum over notes is a sum of rows.
                templates[j * Self.room + i] = Float(row[j])
            }
        }
    }

    private static func template(_ note: Int) -> [Double] {
        var row = [Double](repeating: 0, count: count)
        for overtone in 1...8 {
            let position = Double(note) + 12 * log2(Double(overtone))
            let (below, part) = (Int(position), position - position.rounded(.down))
            let weight = pow(0.7, Double(overtone - 1))
            if below < count { row[below] += weight * (1 - part) }
            if below + 1 < count { row[below + 1] += weight * part }
        }
        let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return row.map { $0 / length }
    }

    /// Fills `activations` for one frame.
    ///
    /// - Parameter notes: peak weight of each of the 84 notes.
    func explain(_ notes: UnsafePointer<Float>) {
        Self.multiply(notes, templates.base, into: target.base)
        for index in stride(from: 0, to: Self.room, by: 8) {
            activations.base.setLanes(index, target.base.lanes(index) * 0.3 + Self.smallest)
        }
        for _ in 0..<8 {
            Self.multiply(UnsafePointer(activations.base), products.base, into: explained.base)
            for index in stride(from: 0, to: Self.room, by: 8) {
                let ratio = target.base.lanes(index) / (explained.base.lanes(index) + Self.smallest)
                activations.base.setLanes(index, activations.base.lanes(index) * ratio)
            }
        }
    }

    /// result = Σ vector[i] · rows[i], in three strips of 32 columns that stay in registers.
    @inline(__always)
    private static func multiply(
        _ vector: UnsafePointer<Float>, _ rows: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>
    ) {
        for column in stride(from: 0, to: room, by: 32) {
            var (a, b) = (Lanes(repeating: 0), Lanes(repeating: 0))
            var (c, d) = (Lanes(repeating: 0), Lanes(repeating: 0))
            for index in 0..<count {
                let factor = vector[index]
                if factor == 0 { continue }
                let row = rows + index * room + column
                a += row.lanes(0) * factor
                b += row.lanes(8) * factor
                c += row.lanes(16) * factor
                d += row.lanes(24) * factor
            }
            result.setLanes(column, a)
            result.setLanes(column + 8, b)
            result.setLanes(column + 16, c)
            result.setLanes(column + 24, d)
        }
    }
}
