/// Loudness of a stream: integrated, its range, and the loudest moments.
///
/// Every value is `nil` where there is nothing to tell: a stream shorter than the window (400 ms; 3 s for
/// short-term and range), or one whose windows all stay below −70 LUFS, which the standard takes for silence.
///
/// Mono is one loudspeaker: it reads 3.01 LU below the same signal on both channels of stereo, unless the
/// layout is ``ChannelLayout/dualMono``.
///
/// Source: ITU-R BS.1770-5, Annex 1 (integrated); EBU Tech 3341 (momentary, short-term); EBU Tech 3342 (range).
struct LoudnessMeter {
    private let weights: [Double]
    private var pairs: [KWeightedPair]
    private(set) var windows: LoudnessWindows
    private var position = 0

    init(sampleRate: Double, layout: ChannelLayout) {
        weights = layout.weights
        windows = LoudnessWindows(sampleRate: Int(sampleRate.rounded()))
        pairs = Array(repeating: KWeightedPair(KWeighting(sampleRate: sampleRate)), count: (weights.count + 1) / 2)
    }

    /// - Parameters:
    ///   - planar: the channels of one block, `stride` samples apart.
    ///   - count: frames, any number.
    mutating func push(_ planar: UnsafePointer<Float>, stride: Int, count: Int) {
        var start = 0
        while start < count {
            let length = min(count - start, windows.end - position)
            for pair in pairs.indices {
                let (first, second) = channels(of: pair)
                pairs[pair].push(planar + first * stride + start, planar + second * stride + start, count: length)
            }
            start += length
            position += length
            if position == windows.end { windows.append(takeEnergy()) }
        }
    }

    /// The odd one out is filtered twice and counted once.
    private func channels(of pair: Int) -> (first: Int, second: Int) {
        (2 * pair, min(2 * pair + 1, weights.count - 1))
    }

    private mutating func takeEnergy() -> Double {
        var sum = 0.0
        for pair in pairs.indices {
            let (first, second) = channels(of: pair)
            let energy = pairs[pair].takeEnergy()
            sum += weights[first] * energy.first + (second > first ? weights[second] * energy.second : 0)
        }
        return sum
    }

    /// Loudness of the whole, LUFS: gated blocks of 400 ms every 100 ms.
    var integrated: Double? { LoudnessGate.integrated(windows.powers(LoudnessWindows.momentary)) }

    /// How far loudness varies, LU: from the 10th to the 95th percentile of gated 3 s windows every 100 ms.
    var range: Double? { LoudnessGate.range(windows.powers(LoudnessWindows.shortTerm)) }

    /// Loudness of the loudest 400 ms, LUFS.
    var momentaryMaximum: Double? { loudness(windows.momentaryMaximum) }

    /// Loudness of the loudest 3 s, LUFS.
    var shortTermMaximum: Double? { loudness(windows.shortTermMaximum) }

    private func loudness(_ power: Double) -> Double? {
        power >= LoudnessGate.silence ? LoudnessGate.loudness(power) : nil
    }
}
