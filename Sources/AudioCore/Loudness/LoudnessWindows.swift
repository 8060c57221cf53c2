/// Energy of a stream in windows that slide by 10 ms: momentary (400 ms) and short-term (3 s).
///
/// Tech 3341 asks for ten windows a second; with a hundred the loudest one is found to 0.06 LU wherever a
/// sound begins, and its test signals that begin every 20 ms read exactly.
struct LoudnessWindows {
    /// Steps of 10 ms in a window.
    static let momentary = 40
    static let shortTerm = 300
    /// Steps from one gated block to the next.
    static let hop = 10

    /// Mean power of the loudest window, 0 before one is complete.
    private(set) var momentaryMaximum = 0.0
    private(set) var shortTermMaximum = 0.0
    /// Energy of every 100 ms: 288 kB an hour.
    private var hops: [Double] = []

    private let sampleRate: Int
    private var steps = 0
    /// Energy since the last hop.
    private var energy = 0.0
    /// Energy from the start of the stream to each of the last steps, at the step's number modulo the count.
    /// Windows are differences of two, which costs the loudest one none of its precision.
    private var totals = Array(repeating: 0.0, count: shortTerm + 1)

    /// - Parameter sampleRate: taken for 100 at least, so that no step is empty.
    init(sampleRate: Int) { self.sampleRate = max(100, sampleRate) }

    /// Frame where the step that is being filled ends. A step is 10 ms to within one sample at every rate, and
    /// so is a window of many.
    var end: Int { frame(steps + 1) }

    private func frame(_ step: Int) -> Int { step * sampleRate / 100 }

    /// Ends a step.
    mutating func append(_ step: Double) {
        let total = totals[steps % totals.count] + step
        steps += 1
        totals[steps % totals.count] = total
        momentaryMaximum = max(momentaryMaximum, power(Self.momentary))
        shortTermMaximum = max(shortTermMaximum, power(Self.shortTerm))
        energy += step
        if steps.isMultiple(of: Self.hop) {
            hops.append(energy)
            energy = 0
        }
    }

    /// Mean power of the `length` steps that end now; 0 before there are as many.
    private func power(_ length: Int) -> Double {
        guard steps >= length else { return 0 }
        let energy = totals[steps % totals.count] - totals[(steps - length) % totals.count]
        return mean(energy, steps - length..<steps)
    }

    /// Mean powers of all windows of `length` steps that begin at a multiple of 100 ms.
    func powers(_ length: Int) -> [Double] {
        let span = length / Self.hop
        guard hops.count >= span else { return [] }
        return (0...hops.count - span).map { first in
            let energy = hops[first..<first + span].reduce(0, +)
            return mean(energy, first * Self.hop..<(first + span) * Self.hop)
        }
    }

    private func mean(_ energy: Double, _ steps: Range<Int>) -> Double {
        energy / Double(frame(steps.upperBound) - frame(steps.lowerBound))
    }
}
