/// The tempo a kit is built around.
enum KitTempo {
    /// Of a kit without loops.
    static let usual = 120.0

    /// The median of the loops' tempi; of an even number the lower of the two in the middle, so that one loop at least
    /// plays as it is. 120 without loops.
    static func median(of tempi: [Double]) -> Double {
        let sorted = tempi.compactMap(folded).sorted()
        return sorted.isEmpty ? usual : sorted[(sorted.count - 1) / 2]
    }

    /// Doubled or halved until it is within the range, to a hundredth; `nil` for what is no tempo.
    static func folded(_ bpm: Double) -> Double? {
        guard bpm.isFinite, (1...10_000).contains(bpm) else { return nil }
        var bpm = bpm
        while bpm < Kit.tempi.lowerBound { bpm *= 2 }
        while bpm > Kit.tempi.upperBound { bpm /= 2 }
        return (bpm * 100).rounded() / 100
    }
}
