/// One piece of a recording.
public struct AudioSlice: Equatable, Sendable {
    /// First sample, and the one behind the last.
    public var range: Range<Int>
    /// Samples over which it comes in.
    public var fadeIn: Int
    /// Samples over which it goes out.
    public var fadeOut: Int

    public init(range: Range<Int>, fadeIn: Int = 0, fadeOut: Int = 0) {
        (self.range, self.fadeIn, self.fadeOut) = (range, fadeIn, fadeOut)
    }
}

/// Which pieces a recording is cut into.
public struct SlicePlan: Equatable, Sendable {
    /// Ascending, apart from each other, none of them empty.
    public let slices: [AudioSlice]
    /// Samples per channel of the recording.
    public let frames: Int
    public let sampleRate: Int

    init(slices: [AudioSlice], frames: Int, sampleRate: Int) {
        (self.slices, self.frames, self.sampleRate) = (slices, frames, sampleRate)
    }

    /// Cuts the whole of a recording: every sample is in one slice, in order, once.
    ///
    /// What comes before the first cut and what follows the last are slices too. A cut closer to the one before it,
    /// to the beginning or to the end than the minimum length is left out.
    ///
    /// - Parameters:
    ///   - cuts: in any order, anywhere.
    ///   - frames: samples per channel, at least 1.
    ///   - sampleRate: frames per second.
    ///   - options: fades and the least length.
    /// - Throws: ``SlicingError/outOfRange(_:allowed:)``.
    public init(
        cuts: [PlacedCut], frames: Int, sampleRate: Int, options: SliceOptions = .init()
    ) throws(SlicingError) {
        try options.check()
        precondition(frames > 0 && sampleRate > 0, "a recording has samples and a rate")
        let shortest = max(1, Int((options.minimumLength * Double(sampleRate)).rounded(.up)))
        var starts = [PlacedCut(frame: 0)]
        for cut in cuts.sorted(by: { $0.frame < $1.frame })
        where cut.frame >= starts[starts.count - 1].frame + shortest && cut.frame <= frames - shortest {
            starts.append(cut)
        }
        let fade = Int(options.fade * Double(sampleRate))
        slices = starts.indices.map { index in
            let (start, end) = (starts[index], index + 1 < starts.count ? starts[index + 1].frame : frames)
            let fadeIn = start.attack.map { min(fade, max(0, $0 - start.frame)) } ?? fade
            return AudioSlice(
                range: start.frame..<end, fadeIn: start.frame == 0 ? 0 : fadeIn, fadeOut: end == frames ? 0 : fade
            ).fitting
        }
        (self.frames, self.sampleRate) = (frames, sampleRate)
    }

    /// Takes clips out of a recording and leaves what is between them.
    ///
    /// - Parameters:
    ///   - clips: ascending, apart from each other: ``ClipFinder``.
    ///   - frames: samples per channel.
    ///   - sampleRate: frames per second.
    ///   - options: fades and the least length.
    /// - Throws: ``SlicingError/outOfRange(_:allowed:)``.
    public init(
        clips: [Range<Int>], frames: Int, sampleRate: Int, options: SliceOptions = .init()
    ) throws(SlicingError) {
        try options.check()
        precondition(
            zip(clips, clips.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
                && (clips.first?.lowerBound ?? 0) >= 0 && (clips.last?.upperBound ?? 0) <= frames,
            "clips are in order, apart from each other and within the recording")
        let fade = Int(options.fade * Double(sampleRate))
        slices = clips.filter { !$0.isEmpty }.map { clip in
            AudioSlice(
                range: clip, fadeIn: clip.lowerBound == 0 ? 0 : fade, fadeOut: clip.upperBound == frames ? 0 : fade
            ).fitting
        }
        (self.frames, self.sampleRate) = (frames, sampleRate)
    }
}

extension SlicePlan {
    /// Clips out of where each begins and ends, which were moved a little and may have met.
    static func ranges(between ends: [Int]) -> [Range<Int>] {
        var last = 0
        return stride(from: 0, to: ends.count - 1, by: 2).map { index in
            let start = max(last, ends[index])
            last = max(start, ends[index + 1])
            return start..<last
        }
    }
}

extension AudioSlice {
    /// With fades that do not meet.
    fileprivate var fitting: AudioSlice {
        AudioSlice(range: range, fadeIn: min(fadeIn, range.count / 2), fadeOut: min(fadeOut, range.count / 2))
    }
}
