/// Picks one of several good sounds, the same one for the same seed and pad.
///
/// Seed 0 takes the best. Any other draws from the best eight that come near it, each pad by its own number: what is
/// chosen for one pad does not change the luck of the next. Source: S. Vigna, SplitMix64.
struct SeededChoice {
    let seed: UInt64

    /// Share of the best score that is as good as it.
    private static let near = 0.85
    private static let most = 8

    /// - Parameters:
    ///   - scores: best first.
    ///   - pad: where it goes.
    /// - Returns: its place among the scores; `nil` if there are none.
    func index(among scores: [Double], for pad: PadAddress) -> Int? {
        guard let best = scores.first else { return nil }
        guard seed != 0 else { return 0 }
        let good = scores.prefix(Self.most).prefix { $0 >= Self.near * best }.count
        return Int(Self.mixed(seed &+ UInt64(pad.index + 1) &* 0x9E37_79B9_7F4A_7C15) % UInt64(max(1, good)))
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
