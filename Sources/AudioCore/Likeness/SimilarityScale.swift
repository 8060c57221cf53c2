/// What makes measured values comparable: deviations from a usual sound, in usual deviations, weighted.
///
/// Means and deviations are those of 1,127 sounds (drum kits, samples of instruments and loops, rendered notes). The
/// weights were chosen on the same sounds, to bring drums of one role from different kits, and notes of one instrument,
/// near each other; the sounds that the figures of <doc:Likeness> were measured on had no part in either.
enum SimilarityScale {
    /// Deviations beyond so many count as so many: no single value decides.
    static let most: Float = 4

    /// The vector of measured values.
    static func vector(_ measured: [Float]) -> [Float] {
        measured.indices.map { index in
            let deviation = (measured[index] - means[index]) / deviations[index]
            return (max(-most, min(most, deviation)) * factors[index] * 10_000).rounded() / 10_000
        }
    }

    /// What a deviation counts: the root of its part of the weight of its group, of all groups 1.
    static let factors: [Float] = {
        let sum = groups.reduce(0) { $0 + $1.weight }
        return groups.flatMap { count, weight in
            [Float](repeating: (weight / sum / Float(count)).squareRoot(), count: count)
        }
    }()

    /// Values that belong together, and what they count together.
    private static let groups: [(count: Int, weight: Float)] = [
        (1, 1.0), (3, 3.0), (5, 2.5),  // 0…40 ms: level, tilt and body, finer shape
        (1, 0.1), (3, 3.0), (5, 0.2),  // 40…100 ms: level, tilt and body, finer shape
        (1, 0.2), (3, 0.1), (5, 0.1),  // 100…200 ms: level, tilt and body, finer shape
        (1, 3.0), (3, 1.8), (5, 0.1),  // 200…400 ms: level, tilt and body, finer shape
        (1, 3.0), (3, 0.1), (5, 0.1),  // 0.4…1 s: level, tilt and body, finer shape
        (1, 1.0), (3, 1.0), (5, 0.1),  // 1…3 s: level, tilt and body, finer shape
        (4, 2.5), (5, 0.1), (6, 3.0), (1, 1.0),  // the mean shape, how it varies, and how the level does
        (1, 3.0), (1, 0.2), (1, 0.2), (1, 0.2), (1, 0.4), (1, 2.5), (1, 1.0),  // envelope
        (1, 0.3), (1, 1.8), (1, 1.0),  // texture
        (6, 0.4), (1, 0.2), (1, 0.2),  // notes
        (2, 1.4), (6, 0.8),  // rhythm
    ]

    private static let means: [Float] = [
        -30.08, 2.055, -0.6654, -0.2789, -1.096, -0.2929, -0.4323, 0.003376, -0.0868, -34.31, 1.615, -0.5198, -0.2148,
        -0.9802, -0.2597, -0.2799, 0.1438, 0.00928, -37.69, 1.534, -0.4662, -0.171, -0.9394, -0.2627, -0.2518, 0.1282,
        -0.000308, -40.28, 1.38, -0.5265, -0.1296, -0.9057, -0.3215, -0.2181, 0.07099, -0.01961, -42.53, 1.267,
        -0.6568, -0.09048, -0.8054, -0.3191, -0.1797, 0.04516, -0.04511, -47.69, 0.4965, -0.1323, -0.008096, -0.2335,
        -0.08516, -0.05307, 0.01467, 0.0009198, 1.9, -0.4937, -0.07397, -0.9029, -0.3002, -0.2838, 0.0787, -0.04413,
        0.02792, 5.509, 1.355, 0.9797, 0.718, 0.6258, 0.5234, 0.4933, -4.896, -1.153, -0.3902, -2.628, -0.153, 8.417,
        0.3988, 0.6813, 22.93, 1.582, 0.0337, 0.006882, -0.01112, 0.00667, -0.000897, 0.002722, -0.1642, 0.3698,
        1.211, 1.292, 2.256, 3.07, 3.841, 4.094, 6.757, 0.72,
    ]

    private static let deviations: [Float] = [
        8.027, 4.442, 2.865, 1.938, 1.497, 1.266, 1.217, 1.076, 1.048, 8.237, 4.569, 2.995, 1.999, 1.656, 1.389,
        1.239, 1.145, 1.09, 8.563, 4.169, 2.848, 1.804, 1.589, 1.356, 1.209, 1.106, 1.008, 8.679, 3.723, 2.636, 1.572,
        1.473, 1.197, 1.056, 0.9997, 0.8897, 8.094, 3.179, 2.358, 1.361, 1.38, 1.067, 0.9219, 0.8699, 0.7538, 4.555,
        1.357, 0.9325, 0.6414, 0.5936, 0.4481, 0.3731, 0.2905, 0.302, 3.997, 2.814, 1.751, 1.502, 1.257, 1.122, 1.008,
        0.9234, 0.8673, 3.201, 0.7895, 0.574, 0.3863, 0.3399, 0.29, 0.2525, 2.195, 1.992, 1.893, 2.133, 1.805, 4.205,
        0.3683, 0.341, 8.485, 1.219, 0.07996, 0.05638, 0.1202, 0.1456, 0.04101, 0.04257, 0.8053, 0.4489, 0.7535,
        0.8445, 3.033, 3.653, 4.624, 4.156, 7.606, 2.726,
    ]
}
