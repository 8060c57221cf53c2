import Foundation

/// Loudness and true peak of a stream that is pushed in portions of any size.
struct LevelMeter: ~Copyable {
    /// Highest level so far, full scale 1, after ``PeakTracer``.
    private(set) var peak: Float = 0
    private(set) var frames = 0
    private var tracer: PeakTracer
    private var loudness: LoudnessMeter

    init(sampleRate: Int, layout: ChannelLayout) {
        tracer = PeakTracer(sampleRate: sampleRate, channels: layout.speakers.count)
        loudness = LoudnessMeter(sampleRate: Double(sampleRate), layout: layout)
    }

    mutating func push(_ interleaved: UnsafeBufferPointer<Float>) {
        guard var source = interleaved.baseAddress else { return }
        var left = interleaved.count / tracer.channels
        frames += left
        while left > 0 {
            let filled = tracer.fill(source, frames: left)
            source += filled * tracer.channels
            left -= filled
            if tracer.isFull { measure(PeakTracer.length) }
        }
    }

    /// Ends the stream.
    mutating func finish() -> SoundLevel {
        let left = tracer.count
        _ = tracer.fill(nil, frames: PeakTracer.length)
        measure(left)
        _ = tracer.fill(nil, frames: PeakTracer.length)
        measure(0)
        return SoundLevel(
            blocks: loudness.windows.powers(LoudnessWindows.momentary), peak: Double(peak), frames: frames)
    }

    private mutating func measure(_ frames: Int) {
        loudness.push(tracer.planar, stride: PeakTracer.stride, count: frames)
        let levels = tracer.trace(floor: peak)
        for index in 0..<PeakTracer.length { peak = max(peak, levels[index]) }
    }
}

/// How loud a sound is, and would be under any gain.
struct SoundLevel: Sendable {
    /// Mean powers of blocks of 400 ms, ten a second.
    let blocks: [Double]
    /// True peak, full scale 1.
    let peak: Double
    let frames: Int

    /// LUFS after a gain in dB; `nil` below −70 LUFS and for less than 400 ms.
    ///
    /// Not just the sum of both: what was silence to the gate may be heard after the gain.
    func loudness(gain: Double = 0) -> Double? {
        let factor = pow(10, gain / 10)
        return LoudnessGate.integrated(blocks.map { $0 * factor })
    }

    /// dBTP; `nil` for silence.
    var peakLevel: Double? { peak > 0 ? 20 * log10(peak) : nil }

    /// The gain in dB that makes it so loud.
    func gain(to target: Double) -> Double? {
        guard let start = loudness() else { return nil }
        var gain = target - start
        for _ in 0..<20 {
            guard let reached = loudness(gain: gain), abs(target - reached) > 1e-6 else { break }
            gain += target - reached
        }
        return gain
    }
}
