/// How well a signal fits itself, moved by a lag.
///
/// Taken from the signal without its mean. Cost: two transforms of at least twice its length.
struct Autocorrelation {
    /// Σ x[i]·x[i + lag] for lag 0…count − 1.
    private let sums: [Float]
    let count: Int

    init(_ signal: [Float]) {
        count = signal.count
        var size = 16
        while size < 2 * signal.count { size *= 2 }
        let mean = signal.reduce(0.0) { $0 + Double($1) } / Double(max(1, signal.count))
        let transform = FourierTransform(size: size)
        for (index, value) in signal.enumerated() { transform.input[index] = value - Float(mean) }
        transform.execute()
        // |X|² is real and even, so a second forward transform does what an inverse one would.
        let spectrum = FourierTransform(size: size)
        for bin in 0..<transform.bins {
            let (real, imaginary) = (transform.output[2 * bin], transform.output[2 * bin + 1])
            let power = real * real + imaginary * imaginary
            spectrum.input[bin] = power
            if bin > 0 { spectrum.input[size - bin] = power }
        }
        spectrum.execute()
        sums = (0..<signal.count).map { spectrum.output[2 * $0] / Float(size) }
    }

    /// Whether there is anything to correlate.
    var isEmpty: Bool { sums.first.map { $0 <= 0 } ?? true }

    /// The sum at a fractional lag over that at lag 0, linear between lags; 0 beyond the signal.
    func share(_ lag: Double) -> Double {
        guard !isEmpty, lag >= 0, lag < Double(count - 1) else { return 0 }
        let (below, part) = (Int(lag), lag - lag.rounded(.down))
        let value = Double(sums[below]) * (1 - part) + Double(sums[below + 1]) * part
        return value / Double(sums[0])
    }

    /// Beyond this lag too little overlaps.
    var longestLag: Double { 0.8 * Double(count) }

    /// Correlation per overlapping sample relative to lag 0, linear between lags; 0 from 0.8·count on.
    func unbiased(_ lag: Double) -> Double {
        guard lag >= 0, lag < longestLag else { return 0 }
        let (below, part) = (Int(lag), lag - lag.rounded(.down))
        return unbiased(at: below) * (1 - part) + (part > 0 ? unbiased(at: below + 1) * part : 0)
    }

    func unbiased(at lag: Int) -> Double {
        guard !isEmpty, lag >= 0, Double(lag) < longestLag else { return 0 }
        return Double(sums[lag]) / Double(sums[0]) / (1 - Double(lag) / Double(count))
    }

    /// Does the last bar of a loop, laid over its first, fit? −1…1.5; 0 for a loop of at most one bar.
    ///
    /// - Parameters:
    ///   - period: lags a beat, four beats a bar.
    ///   - beats: in the whole signal.
    func wrap(period: Double, beats: Int) -> Double {
        guard beats > 4 else { return 0 }
        let (bar, whole) = (4 * period, Double(beats) * period)
        return min(max(share(whole - bar) / max(bar / whole, 0.03), -1), 1.5)
    }
}
