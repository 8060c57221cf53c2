/// The last values of many rows of numbers, kept sorted column by column, for running medians.
///
/// A step takes the oldest row out and the newest in with one pass of comparisons, minima and maxima
/// over eight columns at a time: no branch, and no sorting after the first.
///
/// Source of the idea: T. Huang, G. Yang, G. Tang, "A fast two-dimensional median filtering algorithm",
/// IEEE TASSP 27(1), 1979 (a median that is updated, not found anew).
struct SortedWindow: ~Copyable {
    typealias Row = SIMD8<Int16>

    let length: Int
    let columns: Int
    /// Rank r of column c at r · columns + c, ascending.
    private let ranks: AlignedLevels

    /// - Parameters:
    ///   - length: odd.
    ///   - columns: a multiple of 8.
    init(length: Int, columns: Int) {
        precondition(length % 2 == 1 && columns % 8 == 0, "a median needs an odd window and whole vectors")
        (self.length, self.columns) = (length, columns)
        ranks = AlignedLevels(count: length * columns)
        removeAll()
    }

    /// Fills the window with placeholders that lie below every value; insert `length` rows next.
    func removeAll() { ranks.base.update(repeating: .min, count: length * columns) }

    /// Puts a row in for a placeholder.
    func insert(_ new: UnsafePointer<Int16>) {
        for column in stride(from: 0, to: columns, by: 8) {
            replace(Row(repeating: .min), with: new.levels(column), from: column)
        }
    }

    /// Puts a row in for one that is in the window.
    func replace(_ old: UnsafePointer<Int16>, with new: UnsafePointer<Int16>) {
        for column in stride(from: 0, to: columns, by: 8) {
            replace(old.levels(column), with: new.levels(column), from: column)
        }
    }

    /// Where the medians of all columns are, until the next change.
    var medians: UnsafePointer<Int16> { UnsafePointer(ranks.base + length / 2 * columns) }

    @inline(__always)
    private func replace(_ old: Row, with new: Row, from column: Int) {
        var place = ranks.base + column
        var (here, below) = (place.levels(0), Row(repeating: .min))
        for _ in 1..<length {
            let next = place.levels(columns)
            // The list without the old value, then the new one between its neighbours.
            let kept = next.replacing(with: here, where: here .< old)
            place.setLevels(0, Self.larger(below, Self.smaller(kept, new)))
            (here, below) = (next, kept)
            place += columns
        }
        place.setLevels(0, Self.larger(below, new))
    }

    @inline(__always)
    private static func smaller(_ a: Row, _ b: Row) -> Row { a.replacing(with: b, where: b .< a) }

    @inline(__always)
    private static func larger(_ a: Row, _ b: Row) -> Row { a.replacing(with: b, where: a .< b) }
}
