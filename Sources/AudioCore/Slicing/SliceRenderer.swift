import Foundation

/// Cuts a recording that passes by into the slices of a plan.
///
/// Where no fade is, the samples are handed on as they are. Independent of how samples are portioned. Memory: the
/// longest fade or the largest portion, whichever is less.
public final class SliceRenderer {
    private let slices: [AudioSlice]
    private let channels: Int
    private var current = 0
    /// Sample of the recording that comes next.
    private var frame = 0
    private var faded: [Float] = []

    public init(plan: SlicePlan, channels: Int) {
        precondition(channels > 0, "a recording has channels")
        (slices, self.channels) = (plan.slices, channels)
    }

    /// Takes the next samples and hands on those that belong to a slice.
    ///
    /// - Parameters:
    ///   - interleaved: a whole number of frames, any number.
    ///   - body: gets the index of the slice and its next samples, interleaved; good until it returns.
    public func push(
        _ interleaved: UnsafeBufferPointer<Float>, _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void
    ) rethrows {
        precondition(interleaved.count % channels == 0, "a portion holds a whole number of frames")
        let end = frame + interleaved.count / channels
        var position = frame
        while current < slices.count, position < end {
            let slice = slices[current]
            position = max(position, slice.range.lowerBound)
            let stop = min(end, boundary(after: position, slice))
            guard position < stop else { break }
            let portion = UnsafeBufferPointer(
                rebasing: interleaved[((position - frame) * channels)..<((stop - frame) * channels)])
            try hand(portion, at: position, of: slice, body)
            position = stop
            if position == slice.range.upperBound { current += 1 }
        }
        frame = end
    }

    /// Where the fade, or the slice, that `position` lies in ends.
    private func boundary(after position: Int, _ slice: AudioSlice) -> Int {
        let (fadeInEnd, fadeOutStart) = (slice.range.lowerBound + slice.fadeIn, slice.range.upperBound - slice.fadeOut)
        return position < fadeInEnd ? fadeInEnd : position < fadeOutStart ? fadeOutStart : slice.range.upperBound
    }

    private func hand(
        _ portion: UnsafeBufferPointer<Float>, at position: Int, of slice: AudioSlice,
        _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void
    ) rethrows {
        let (after, before) = (position - slice.range.lowerBound, slice.range.upperBound - 1 - position)
        let isRising = after < slice.fadeIn
        guard isRising || before < slice.fadeOut else { return try body(current, portion) }
        faded.removeAll(keepingCapacity: true)
        for offset in 0..<portion.count / channels {
            let gain =
                isRising
                ? Self.gain(after + offset, of: slice.fadeIn) : Self.gain(before - offset, of: slice.fadeOut)
            for channel in 0..<channels { faded.append(portion[offset * channels + channel] * gain) }
        }
        try faded.withUnsafeBufferPointer { try body(current, $0) }
    }

    /// Raised cosine; neither 0 nor 1 within the fade, and the two ends of a fade add up to 1.
    private static func gain(_ index: Int, of length: Int) -> Float {
        Float(0.5 - 0.5 * cos(.pi * (Double(index) + 0.5) / Double(length)))
    }
}
