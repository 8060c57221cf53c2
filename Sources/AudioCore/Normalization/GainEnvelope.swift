import Foundation

/// The gain of a limiter, frame by frame: never above what each frame needs, and without an edge.
///
/// What a frame needs is held over the frames before it (the look-ahead, 5 ms) and after it (10 ms, so that the gain
/// stands still through the waves of any tone above 50 Hz), lets go with a time constant of 80 ms, and is smoothed by
/// a triangle as long as the look-ahead. A mean of values that are each low enough for a frame is low enough for it.
///
/// Sums are of integers, so that they cannot drift however long the sound is.
///
/// Source: the minimum and box filters of look-ahead limiting as in G. Luff, "Designing a straightforward limiter",
/// signalsmith-audio.co.uk, 2022; D. Lemire, "Streaming maximum-minimum filter", Nordic J. Computing 13(4), 2006.
struct GainEnvelope {
    /// Frames from what is needed to the gain for it.
    let delay: Int
    /// The smallest gain so far.
    private(set) var smallest = 1.0

    private var minimum: SlidingMinimum
    private var released = 1.0
    private let release: Double
    private var first: BoxSum
    private var second: BoxSum
    /// Of both boxes for a gain of 1.
    private let whole: Double

    private static let scale = Double(1 << 40)

    init(sampleRate: Int) {
        let rate = Double(sampleRate)
        let half = max(1, Int((0.0025 * rate).rounded()))
        delay = 2 * half
        minimum = SlidingMinimum(length: delay + 1 + Int((0.01 * rate).rounded()))
        release = 1 - exp(-1 / (0.08 * rate))
        // Two boxes of half + 1 make a triangle of delay + 1.
        first = BoxSum(length: half + 1, filledWith: Int64(Self.scale))
        second = BoxSum(length: half + 1, filledWith: Int64(Self.scale) * Int64(half + 1))
        whole = Self.scale * Double(half + 1) * Double(half + 1)
    }

    /// - Parameter needed: the most this frame bears, 0…1.
    /// - Returns: the gain of the frame ``delay`` before.
    mutating func next(_ needed: Double) -> Double {
        let held = minimum.next(needed)
        released = held < released ? held : released + release * (held - released)
        // Rounded down: the gain may be smaller than needed, never larger.
        let sum = second.next(first.next(Int64(released * Self.scale)))
        let gain = Double(sum) / whole
        smallest = min(smallest, gain)
        return gain
    }
}

/// The smallest of the last values.
struct SlidingMinimum {
    private let length: Int
    /// Values that may still become the smallest, rising, with their places; a ring.
    private var values: [Double]
    private var places: [Int]
    private var head = 0
    private var count = 0
    private var place = 0

    init(length: Int) {
        self.length = length
        values = Array(repeating: 0, count: length)
        places = Array(repeating: 0, count: length)
    }

    mutating func next(_ value: Double) -> Double {
        if count > 0, places[head] <= place - length { drop() }
        while count > 0, values[index(count - 1)] >= value { count -= 1 }
        (values[index(count)], places[index(count)]) = (value, place)
        count += 1
        place += 1
        return values[head]
    }

    private mutating func drop() {
        head = head + 1 == length ? 0 : head + 1
        count -= 1
    }

    private func index(_ offset: Int) -> Int {
        head + offset < length ? head + offset : head + offset - length
    }
}

/// The sum of the last integers.
struct BoxSum {
    private var values: [Int64]
    private var sum: Int64
    private var place = 0

    init(length: Int, filledWith value: Int64) {
        values = Array(repeating: value, count: length)
        sum = value * Int64(length)
    }

    mutating func next(_ value: Int64) -> Int64 {
        sum += value - values[place]
        values[place] = value
        place = place + 1 == values.count ? 0 : place + 1
        return sum
    }
}
