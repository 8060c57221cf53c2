/// The spectral peaks of many frames, one after the other.
///
/// Kept by columns, every frame filled up with peaks of no height and no weight to a whole number of
/// vectors, so that eight peaks are read at a time.
struct PitchPeaks {
    /// MIDI note number for A = 440 Hz, with its fraction.
    private(set) var pitches: [Float] = []
    /// In units in which a sine of amplitude 1 has height 1.
    private(set) var heights: [Float] = []
    /// High and clearly above its surroundings counts most.
    private(set) var weights: [Float] = []
    /// Where each frame begins.
    private(set) var frameStarts: [Int] = []

    /// Space for about 25 seconds, so that short files never grow it.
    init() { frameStarts.reserveCapacity(256) }

    var frames: Int { frameStarts.count }

    /// Peaks of a frame, filled up.
    func range(of frame: Int) -> Range<Int> {
        frameStarts[frame]..<(frame + 1 < frameStarts.count ? frameStarts[frame + 1] : pitches.count)
    }

    /// Shows pitches, heights and weights of a frame, eight peaks at a time.
    @inline(__always)
    func forEachVector(of frame: Int, _ body: (Lanes, Lanes, Lanes) -> Void) {
        pitches.withUnsafeBufferPointer { pitches in
            heights.withUnsafeBufferPointer { heights in
                weights.withUnsafeBufferPointer { weights in
                    guard let pitch = pitches.baseAddress, let height = heights.baseAddress,
                        let weight = weights.baseAddress
                    else { return }
                    for index in stride(from: range(of: frame).lowerBound, to: range(of: frame).upperBound, by: 8) {
                        body(pitch.lanes(index), height.lanes(index), weight.lanes(index))
                    }
                }
            }
        }
    }

    mutating func beginFrame() { frameStarts.append(pitches.count) }

    mutating func append(pitches: Lanes, heights: Lanes, weights: Lanes) {
        for lane in 0..<8 {
            self.pitches.append(pitches[lane])
            self.heights.append(heights[lane])
            self.weights.append(weights[lane])
        }
    }
}
