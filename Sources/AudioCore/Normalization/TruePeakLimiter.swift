import Foundation

/// Raises a stream by a gain and keeps its true peak under a ceiling.
///
/// One gain for all channels, so that nothing moves in the stereo image; ahead of time, so that nothing is cut; and
/// smooth, so that nothing clicks. Frames come out as many as went in, in their places. Where the ceiling is not
/// reached the sound is exactly the input times the gain. The gain changes within the 32 samples that a level between
/// samples is made of, so that the ceiling is kept to about 0.02 dB: who needs more, measures and lowers it.
///
/// The same samples give the same bits however they are portioned. Memory: 20 ms and a few blocks.
struct TruePeakLimiter: ~Copyable {
    private let channels: Int
    private let gain: Float
    private let ceiling: Float
    private var tracer: PeakTracer
    private var envelope: GainEnvelope
    private var delayed: FrameRing
    private let output: AlignedBuffer
    /// Frames that went in and came out.
    private var (taken, given) = (0, 0)
    /// Level from the frame before up to the present one.
    private var levelBefore: Float = 0
    private let delay: Int
    private var traced = 0

    /// - Parameters:
    ///   - gain: linear, of every frame.
    ///   - ceiling: linear, full scale 1; infinite to leave peaks alone.
    init(sampleRate: Int, channels: Int, gain: Double, ceiling: Double) {
        (self.channels, self.gain, self.ceiling) = (channels, Float(gain), Float(ceiling))
        tracer = PeakTracer(sampleRate: sampleRate, channels: channels)
        envelope = GainEnvelope(sampleRate: sampleRate)
        delay = envelope.delay + PeakTracer.delay
        delayed = FrameRing(channels: channels, frames: delay + PeakTracer.length)
        output = AlignedBuffer(count: PeakTracer.length * channels)
    }

    /// The largest lowering of any frame, dB, never negative.
    var largestReduction: Double { max(0, -20 * log10(envelope.smallest)) }

    /// - Parameters:
    ///   - interleaved: a whole number of frames, any number.
    ///   - body: takes the frames that are ready.
    mutating func push(
        _ interleaved: UnsafeBufferPointer<Float>, _ body: (UnsafeBufferPointer<Float>) throws -> Void
    ) rethrows {
        guard var source = interleaved.baseAddress else { return }
        var left = interleaved.count / channels
        taken += left
        while left > 0 {
            let filled = tracer.fill(source, frames: left)
            delayed.append(source, frames: filled)
            source += filled * channels
            left -= filled
            if tracer.isFull { try limitBlock(body) }
        }
    }

    /// Hands on the rest.
    mutating func finish(_ body: (UnsafeBufferPointer<Float>) throws -> Void) rethrows {
        while given < taken {
            let filled = tracer.fill(nil, frames: PeakTracer.length)
            delayed.append(nil, frames: filled)
            try limitBlock(body)
        }
    }

    private mutating func limitBlock(_ body: (UnsafeBufferPointer<Float>) throws -> Void) rethrows {
        let levels = tracer.trace(floor: ceiling / gain)
        var ready = 0
        for index in 0..<PeakTracer.length {
            // A value between two frames depends on the gain of both.
            let level = max(levelBefore, levels[index]) * gain
            levelBefore = levels[index]
            let smooth = envelope.next(level > ceiling ? Double(ceiling / level) : 1)
            traced += 1
            guard traced > delay, given + ready < taken else { continue }
            delayed.takeFirst(to: output.base + ready * channels, times: gain * Float(smooth))
            ready += 1
        }
        given += ready
        try body(UnsafeBufferPointer(start: output.base, count: ready * channels))
    }
}

/// Frames on their way through a delay.
struct FrameRing: ~Copyable {
    private let channels: Int
    private let frames: Int
    private let samples: AlignedBuffer
    private var (first, next) = (0, 0)

    init(channels: Int, frames: Int) {
        (self.channels, self.frames) = (channels, frames + 1)
        samples = AlignedBuffer(count: (frames + 1) * channels)
    }

    /// Silence for `nil`.
    mutating func append(_ interleaved: UnsafePointer<Float>?, frames count: Int) {
        for frame in 0..<count {
            let target = samples.base + next * channels
            if let interleaved {
                target.update(from: interleaved + frame * channels, count: channels)
            } else {
                target.update(repeating: 0, count: channels)
            }
            next = next + 1 == frames ? 0 : next + 1
        }
    }

    mutating func takeFirst(to output: UnsafeMutablePointer<Float>, times gain: Float) {
        for channel in 0..<channels { output[channel] = samples.base[first * channels + channel] * gain }
        first = first + 1 == frames ? 0 : first + 1
    }
}
