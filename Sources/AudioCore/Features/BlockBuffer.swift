/// Gathers interleaved samples of any portion into planar blocks of one fixed size, with their mono mix.
///
/// Everything after this only ever sees whole blocks, and so cannot depend on how samples were pushed.
struct BlockBuffer: ~Copyable {
    /// A multiple of every hop and stretch that works on blocks.
    static let length = 4096

    let channels: Int
    /// Channel c begins at c · `length`.
    let planar: AlignedBuffer
    let mono: AlignedBuffer
    private(set) var count = 0

    init(channels: Int) {
        self.channels = channels
        planar = AlignedBuffer(count: channels * Self.length)
        mono = AlignedBuffer(count: Self.length)
    }

    var isFull: Bool { count == Self.length }

    /// Takes as many frames as fit.
    ///
    /// - Returns: frames taken.
    mutating func fill(_ interleaved: UnsafePointer<Float>, frames: Int) -> Int {
        let taken = min(frames, Self.length - count)
        if channels == 2 {
            splitStereo(interleaved, frames: taken)
        } else {
            for channel in 0..<channels {
                let target = planar.base + channel * Self.length + count
                for frame in 0..<taken { target[frame] = interleaved[frame * channels + channel] }
            }
        }
        count += taken
        return taken
    }

    private func splitStereo(_ interleaved: UnsafePointer<Float>, frames: Int) {
        let (left, right) = (planar.base + count, planar.base + Self.length + count)
        let whole = frames / 8 * 8
        for frame in stride(from: 0, to: whole, by: 8) {
            let pairs = UnsafeRawPointer(interleaved + 2 * frame).loadUnaligned(as: SIMD16<Float>.self)
            left.setLanes(frame, pairs.evenHalf)
            right.setLanes(frame, pairs.oddHalf)
        }
        for frame in whole..<frames {
            (left[frame], right[frame]) = (interleaved[2 * frame], interleaved[2 * frame + 1])
        }
    }

    /// Fills `mono` with the mean of the channels.
    ///
    /// - Returns: whether every sample is a number of at most `limit` in magnitude.
    func mix(limit: Float) -> Bool {
        let share = 1 / Float(channels)
        var within = SIMDMask<SIMD8<Int32>>(repeating: true)
        for frame in stride(from: 0, to: count, by: 8) {
            var sum = planar.base.lanes(frame)
            within = within .& (sum.magnitudes .<= limit)
            for channel in 1..<max(channels, 1) {
                let value = planar.base.lanes(channel * Self.length + frame)
                within = within .& (value.magnitudes .<= limit)
                sum += value
            }
            mono.base.setLanes(frame, channels == 1 ? sum : sum * share)
        }
        return within == SIMDMask(repeating: true)
    }

    /// Makes room; the rest of the last vector is silence.
    mutating func removeAll() { count = 0 }

    /// Silences what is left over from the block before, up to the end of the last vector.
    func padLastVector() {
        for channel in 0..<channels {
            for frame in count..<(count + 7) / 8 * 8 { planar.base[channel * Self.length + frame] = 0 }
        }
    }
}
