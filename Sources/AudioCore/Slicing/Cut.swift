/// Where a slice is wanted to begin, before the samples were looked at.
public struct Cut: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// Just before the attack nearby.
        case attack
        /// Where the sound crosses zero nearby.
        case grid
    }

    /// Sample of the recording, about.
    public var frame: Int
    public var kind: Kind

    public init(frame: Int, kind: Kind) { (self.frame, self.kind) = (frame, kind) }
}

/// Where a slice begins.
public struct PlacedCut: Equatable, Sendable {
    /// First sample of the slice.
    public var frame: Int
    /// Where the attack starts, at `frame` or a little later; `nil` where there is none to be careful of.
    public var attack: Int?

    public init(frame: Int, attack: Int? = nil) { (self.frame, self.attack) = (frame, attack) }
}

extension Cut {
    /// At every onset.
    ///
    /// - Parameters:
    ///   - onsets: seconds, ascending: ``Rhythm/onsets``.
    ///   - sampleRate: frames per second.
    public static func cuts(onsets: [Double], sampleRate: Int) -> [Cut] {
        onsets.map { Cut(seconds: $0, sampleRate, .attack) }
    }

    /// At every `every`th beat, counted from the first one.
    ///
    /// Players are early and late: where an onset is within an eighth of a beat, at most 25 ms, the cut is at the
    /// onset. What comes before the first beat, the pick-up, is left to a slice of its own. Behind the last beat the
    /// grid goes on for one beat, so that the last whole group does not take along what follows it.
    ///
    /// - Parameters:
    ///   - beats: seconds, ascending: ``Rhythm/beats``.
    ///   - onsets: seconds, ascending: ``Rhythm/onsets``.
    ///   - every: beats of a slice, at least 1.
    ///   - sampleRate: frames per second.
    public static func cuts(beats: [Double], every: Int, onsets: [Double], sampleRate: Int) -> [Cut] {
        precondition(every > 0, "a slice has at least one beat")
        guard let last = beats.last, beats.count > 1 else { return cuts(onsets: beats, sampleRate: sampleRate) }
        let period = last - beats[beats.count - 2]
        let grid = beats + [last + period]
        return stride(from: 0, to: grid.count, by: every).map { index in
            let reach = min(period / 8, 0.025)
            let after = onsets.partitioningIndex { $0 >= grid[index] }
            let near = onsets[max(0, after - 1)..<min(onsets.count, after + 1)]
                .min { abs($0 - grid[index]) < abs($1 - grid[index]) }
            if let near, abs(near - grid[index]) <= reach {
                return Cut(seconds: near, sampleRate, .attack)
            }
            return Cut(seconds: grid[index], sampleRate, .grid)
        }
    }

    private init(seconds: Double, _ sampleRate: Int, _ kind: Kind) {
        let frame = seconds * Double(sampleRate)
        self.init(frame: frame.isFinite ? Int(min(max(frame, 0), 0x1p50)) : 0, kind: kind)
    }
}
