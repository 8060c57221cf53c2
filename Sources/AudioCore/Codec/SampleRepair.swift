/// Makes decoded floats safe to compute with.
enum SampleRepair {
    /// The loudest sample let through, ±2^31: floats that hold raw 32-bit integers still fit, and the power
    /// spectrum of any window of them stays far below the largest Float.
    static let loudest: Float = 0x1p31

    /// Replaces what is not finite by 0 and clamps what is beyond ±``loudest``.
    ///
    /// - Returns: how many samples were changed.
    static func repair(_ samples: UnsafeMutableBufferPointer<Float>) -> Int {
        guard let base = samples.baseAddress else { return 0 }
        var (index, repaired) = (0, 0)
        let limit = SIMD8<Float>(repeating: loudest)
        while index + 8 <= samples.count {
            let block = UnsafeRawPointer(base + index).loadUnaligned(as: SIMD8<Float>.self)
            // Written so that NaN, which compares false with everything, fails as well.
            let fine = (block .<= limit) .& (block .>= -limit)
            if !all(fine) { repaired += repairEach(of: base + index, count: 8) }
            index += 8
        }
        return repaired + repairEach(of: base + index, count: samples.count - index)
    }

    private static func repairEach(of samples: UnsafeMutablePointer<Float>, count: Int) -> Int {
        var repaired = 0
        for index in 0..<count where !(samples[index].magnitude <= loudest) {
            let sample = samples[index]
            samples[index] = sample.isFinite ? (sample < 0 ? -loudest : loudest) : 0
            repaired += 1
        }
        return repaired
    }
}
