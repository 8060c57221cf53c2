/// The steps of a fingerprint as words that survive in copies: by them copies are looked up instead of compared.
///
/// A word has 22 bits: whether each of 11 pairs of neighbouring band groups falls towards the higher one, and whether
/// it falls more steeply 40 ms later.
///
/// Source: J. Haitsma, T. Kalker, "A Highly Robust Audio Fingerprinting System", ISMIR 2002 (signs of differences over
/// bands and time; the bit that is least sure is tried both ways).
struct FingerprintWords {
    /// Steps from a slope to the later one.
    private static let lag = 2
    private static let groups = Fingerprint.bands / 2

    /// One a step, as far as there is a later one.
    private(set) var words: [UInt32] = []
    /// The same with the least sure bit the other way.
    private(set) var doubtful: [UInt32] = []

    init(_ print: Fingerprint) {
        guard print.steps > Self.lag else { return }
        let slopes = (0..<print.steps).map { Self.slopes(print, step: $0) }
        for step in 0..<print.steps - Self.lag {
            var (word, doubt, least): (UInt32, UInt32, Int) = (0, 0, .max)
            func add(_ value: Int, bit: Int) {
                if value > 0 { word |= 1 << UInt32(bit) }
                if abs(value) < least { (least, doubt) = (abs(value), 1 << UInt32(bit)) }
            }
            for pair in 0..<Self.groups - 1 {
                add(slopes[step][pair], bit: pair)
                add(slopes[step + Self.lag][pair] - slopes[step][pair], bit: Self.groups - 1 + pair)
            }
            words.append(word)
            doubtful.append(word ^ doubt)
        }
    }

    /// How much lower each group of two bands is than the one before.
    private static func slopes(_ print: Fingerprint, step: Int) -> [Int] {
        let first = step * Fingerprint.bands
        let sums = (0..<groups).map { Int(print.levels[first + 2 * $0]) + Int(print.levels[first + 2 * $0 + 1]) }
        return zip(sums, sums.dropFirst()).map { $0 - $1 }
    }
}
