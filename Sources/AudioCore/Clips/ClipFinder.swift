import Foundation

/// Finds where something is played in a long recording, or in several stems of one.
public enum ClipFinder {
    /// Quieter than this is the noise of rounding to 16 bits, not a recording: dBFS.
    private static let silence = -90.0
    /// A stem so much under the loudest one is what leaked into it from others: dB.
    private static let leak = -60.0

    /// The clips of one recording.
    ///
    /// A frame is active from the threshold on. What is active is padded on both sides, what then touches is one
    /// clip, and clips shorter than the minimum are left out.
    ///
    /// - Returns: first sample and the one behind the last, ascending, apart from each other; none for silence.
    /// - Throws: ``SlicingError/outOfRange(_:allowed:)``.
    /// - Complexity: O(hops).
    public static func clips(
        in curve: ActivityCurve, options: ClipOptions = .init()
    ) throws(SlicingError) -> [Range<Int>] {
        try clips(in: [curve], options: options)
    }

    /// The clips of a recording that is there as several stems: a clip goes on while any stem is active.
    ///
    /// Each stem has a threshold of its own, since all of them matter, but one that is never less than 60 dB under
    /// the loudest stem: a silent stem holds what leaked into it. Stems may differ in length.
    ///
    /// - Returns: as ``clips(in:options:)-(ActivityCurve,_)``, the same for all stems.
    /// - Throws: ``SlicingError/outOfRange(_:allowed:)``, ``SlicingError/differentRates``.
    public static func clips(
        in stems: [ActivityCurve], options: ClipOptions = .init()
    ) throws(SlicingError) -> [Range<Int>] {
        try options.check()
        guard let first = stems.first else { return [] }
        guard stems.allSatisfy({ $0.sampleRate == first.sampleRate }) else { throw .differentRates }
        let peaks = stems.map { $0.peakLevel ?? -.infinity }
        let loudest = peaks.max() ?? -.infinity
        guard loudest > silence else { return [] }
        let heard = zip(stems, peaks).filter { $1 > loudest + leak }.map { stem, peak in
            (stem, power(max(options.threshold.level(of: stem, peak: peak), loudest + leak, silence)))
        }
        var islands = Islands(options, curve: first, frames: stems.reduce(0) { max($0, $1.frames) })
        for frame in 0..<(stems.map(\.count).max() ?? 0) {
            if heard.contains(where: { stem, least in stem.power(frame) >= least }) { islands.add(frame) }
        }
        return islands.longEnough
    }

    private static func power(_ level: Double) -> Float { Float(pow(10, level / 10)) }
}

/// What is active, padded and joined.
private struct Islands {
    private let hop: Int
    private let reach: Int
    private let shortest: Double
    private let frames: Int
    private var islands: [Range<Int>] = []

    init(_ options: ClipOptions, curve: ActivityCurve, frames: Int) {
        hop = curve.hop
        reach = Int(options.padding * Double(curve.sampleRate)) + hop / 2
        shortest = options.minimumLength * Double(curve.sampleRate)
        self.frames = frames
    }

    /// Adds an active frame; they come in order.
    mutating func add(_ frame: Int) {
        let (start, end) = (max(0, frame * hop - reach), min(frames, frame * hop + reach))
        guard start < end else { return }
        if let last = islands.last, start <= last.upperBound {
            islands[islands.count - 1] = last.lowerBound..<max(last.upperBound, end)
        } else {
            islands.append(start..<end)
        }
    }

    var longEnough: [Range<Int>] { islands.filter { Double($0.count) >= shortest } }
}
