import CKernels

/// Vectors in a quarter of their size, from which it is told which of them cannot be near.
///
/// A code is a vector in sixty-fourths, `[rows × 96]` bytes, and how far the vector is from it. By the triangle
/// inequality a vector is no nearer than its code, less that: only vectors whose bound says they could be near are read.
struct VectorCodes: Sendable {
    /// Of a code, to 1.
    private static let steps = Float(CK_CODE_STEPS)
    /// Of what is searched for: finer, so that it adds next to nothing to the bound.
    private static let querySteps = Float(CK_QUERY_STEPS)

    private(set) var codes: [Int8] = []
    /// Distance of each vector from its code, or a little more.
    private(set) var errors: [Float] = []

    mutating func reserveCapacity(_ rows: Int) {
        codes.reserveCapacity(rows * SimilarityVector.length)
        errors.reserveCapacity(rows)
    }

    mutating func append(_ vector: [Float]) {
        let (code, error) = Self.code(of: vector)
        codes += code
        errors.append(error)
    }

    mutating func replace(_ row: Int, with vector: [Float]) {
        let (code, error) = Self.code(of: vector)
        codes.replaceSubrange(Self.range(row), with: code)
        errors[row] = error
    }

    /// Puts the last row in place of another.
    mutating func removeSwappingLast(_ row: Int) {
        let last = errors.count - 1
        if row < last {
            for (index, other) in zip(Self.range(row), Self.range(last)) { codes[index] = codes[other] }
            errors[row] = errors[last]
        }
        codes.removeLast(SimilarityVector.length)
        errors.removeLast()
    }

    private static func range(_ row: Int) -> Range<Int> {
        row * SimilarityVector.length..<(row + 1) * SimilarityVector.length
    }

    private static func code(of vector: [Float]) -> (code: [Int8], error: Float) {
        let code = vector.map { Int8(max(-127, min(127, ($0 * steps).rounded()))) }
        return (code, distance(vector, code.map { Float($0) / steps }))
    }

    /// Rounded up.
    private static func distance(_ a: [Float], _ b: [Float]) -> Float {
        let square = zip(a, b).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
        return Float(square.squareRoot()).nextUp
    }
}

extension VectorCodes {
    /// What is searched for, in the form that codes are compared with.
    struct Query {
        fileprivate let steps: [Int16]
        /// What bounds are too great by at most: what the query lost by rounding, and the arithmetic.
        fileprivate let slack: Float

        init(_ vector: [Float]) {
            let values = vector.map { ($0 * querySteps).rounded() }
            steps = values.map { Int16(max(-Float(Int16.max), min(Float(Int16.max), $0))) }
            // Distances are below 40; the arithmetic of bounds and of exact distances is right to 10⁻⁵ of them.
            slack = distance(vector, steps.map { Float($0) / querySteps }) + 4e-4
        }
    }

    /// Rows that `lowerBounds` tells of at once; a whole number of eights.
    static let block = 512

    /// Writes what the vectors are away from the query at least, for the rows from `start` on.
    ///
    /// - Parameters:
    ///   - bounds: room for a multiple of eight.
    func lowerBounds(of query: Query, rows: Range<Int>, into bounds: UnsafeMutablePointer<Float>) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= errors.count, "rows of these codes")
        codes.withUnsafeBufferPointer { codes in
            errors.withUnsafeBufferPointer { errors in
                guard !rows.isEmpty, let codes = codes.baseAddress, let errors = errors.baseAddress else { return }
                ck_lower_bounds(
                    query.steps, codes + rows.lowerBound * SimilarityVector.length, errors + rows.lowerBound,
                    rows.count, query.slack, bounds)
            }
        }
    }
}
