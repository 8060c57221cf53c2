import Foundation

/// The two filters before loudness is measured: a shelf that stands for the head, and a high-pass.
///
/// ITU-R BS.1770-4 gives coefficients for 48 kHz only; these are the analogue prototypes behind them,
/// by the bilinear transform, so that any rate is filtered alike. They agree with the standard's
/// numbers at 48 kHz to 1e-9 (see the tests).
struct KWeighting: Equatable, Sendable {
    /// H(z) = (b0 + b1·z⁻¹ + b2·z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²).
    struct Biquad: Equatable, Sendable {
        var b0, b1, b2, a1, a2: Double
    }

    let shelf: Biquad
    let highPass: Biquad

    init(sampleRate: Double) {
        shelf = Self.shelf(sampleRate)
        highPass = Self.highPass(sampleRate)
    }

    /// +4 dB above 1.7 kHz.
    private static func shelf(_ rate: Double) -> Biquad {
        let (frequency, gain, q) = (1681.974450955533, 3.999843853973347, 0.7071752369554196)
        let k = tan(.pi * frequency / rate)
        let high = pow(10, gain / 20)
        let middle = pow(high, 0.4996667741545416)
        let a0 = 1 + k / q + k * k
        return Biquad(
            b0: (high + middle * k / q + k * k) / a0, b1: 2 * (k * k - high) / a0,
            b2: (high - middle * k / q + k * k) / a0, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }

    /// 38 Hz; the numerator is 1, −2, 1 at every rate, as in the standard.
    private static func highPass(_ rate: Double) -> Biquad {
        let (frequency, q) = (38.13547087602444, 0.5003270373238773)
        let k = tan(.pi * frequency / rate)
        let a0 = 1 + k / q + k * k
        return Biquad(b0: 1, b1: -2, b2: 1, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }
}
