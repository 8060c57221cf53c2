import CKernels

/// The last values of many rows of numbers, kept sorted column by column, for running medians.
///
/// A step takes the oldest row out and the newest in with one pass of comparisons, minima and maxima
/// over sixteen columns at a time: no branch, and no sorting after the first.
///
/// Source of the idea: T. Huang, G. Yang, G. Tang, "A fast two-dimensional median filtering algorithm",
/// IEEE TASSP 27(1), 1979 (a median that is updated, not found anew).
struct SortedWindow: ~Copyable {
    let length: Int
    let columns: Int
    /// Rank r of column c at r · columns + c, ascending.
    private let ranks: AlignedLevels
    private let placeholder: AlignedLevels

    /// - Parameters:
    ///   - length: odd.
    ///   - columns: a multiple of 16.
    init(length: Int, columns: Int) {
        precondition(length % 2 == 1 && columns % 16 == 0, "a median needs an odd window and whole vectors")
        (self.length, self.columns) = (length, columns)
        ranks = AlignedLevels(count: length * columns)
        placeholder = AlignedLevels(count: columns)
        placeholder.base.update(repeating: .min, count: columns)
        removeAll()
    }

    /// Fills the window with placeholders that lie below every value; insert `length` rows next.
    func removeAll() { ranks.base.update(repeating: .min, count: length * columns) }

    /// Puts a row in for a placeholder.
    func insert(_ new: UnsafePointer<Int16>) { replace(placeholder.base, with: new) }

    /// Puts a row in for one that is in the window.
    func replace(_ old: UnsafePointer<Int16>, with new: UnsafePointer<Int16>) {
        ck_replace_ranks(ranks.base, length, columns, old, new)
    }

    /// Where the medians of all columns are, until the next change.
    var medians: UnsafePointer<Int16> { UnsafePointer(ranks.base + length / 2 * columns) }
}
