/// Rounds floats to integers of 16 or 24 bits, with dither where it helps.
///
/// The integers are those that ``AudioFile`` divides by 2^(bits − 1): what was read from such a file and not
/// changed is written as it was. Rounding to 16 bits is dithered by noise of triangular density over ±1 step,
/// which leaves no distortion and a noise floor of −96 dBFS. Not dithered are samples that lie on a step already,
/// for they lose nothing (so silence stays silent), and 24 bits, whose steps are those of a Float near full scale.
///
/// The noise is a function of the seed and the number of the sample: the same samples always give the same file.
///
/// Source: S. P. Lipshitz, R. A. Wannamaker, J. Vanderkooy, "Quantization and Dither: A Theoretical Survey",
/// J. Audio Eng. Soc. 40(5), 1992.
struct Quantizer {
    /// Samples so far that were beyond full scale and were cut to it.
    private(set) var clipped = 0

    private let scale: Float
    private let shift: Int32
    private let isDithered: Bool
    private var noise: UInt64

    /// - Parameter dithers: whether 16 bits are dithered.
    init(_ depth: AudioEncoding.IntegerDepth, dithers: Bool, seed: UInt64 = 1) {
        scale = Float(1 << (depth.rawValue - 1))
        shift = Int32(32 - depth.rawValue)
        isDithered = dithers && depth == .bits16
        noise = seed
    }

    /// Writes each sample to the upper bits of an integer, the form libsndfile takes.
    ///
    /// - Parameter samples: finite.
    mutating func quantize(_ samples: UnsafeBufferPointer<Float>, to output: UnsafeMutablePointer<Int32>) {
        var (noise, clipped) = (noise, 0)
        for index in 0..<samples.count {
            let sample = samples[index]
            if sample.magnitude > 1 { clipped += 1 }
            // Beyond twice full scale no dither brings anything back, and within it Int32 is exact.
            var value = max(-2 * scale, min(sample * scale, 2 * scale))
            if isDithered {
                let offset = Self.next(&noise)
                if value != Float(Int32(value)) { value += offset }
            }
            output[index] = Self.rounded(max(-scale, min(value, scale - 1))) << shift
        }
        (self.noise, self.clipped) = (noise, self.clipped + clipped)
    }

    /// As `rounded()`, which is a call into the library on processors without SSE4.1, and those we compile for.
    @inline(__always)
    private static func rounded(_ value: Float) -> Int32 {
        let whole = Int32(value)
        let rest = value - Float(whole)
        return whole + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0)
    }

    /// SplitMix64, its halves taken for two uniform numbers: their difference is triangular over ±1.
    @inline(__always)
    private static func next(_ state: inout UInt64) -> Float {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        bits ^= bits >> 31
        let difference = Int64(bits >> 32) - Int64(bits & 0xFFFF_FFFF)
        return Float(difference) * 0x1p-32
    }
}
