import Foundation

/// Test signals, made and not shipped.
enum Signals {
    static func sine(_ frequency: Double, amplitude: Double = 0.5, seconds: Double, rate: Double = 44_100) -> [Float] {
        (0..<Int(seconds * rate)).map { Float(amplitude * sin(2 * .pi * frequency * Double($0) / rate)) }
    }

    static func noise(amplitude: Float = 0.25, seconds: Double, rate: Double = 44_100, seed: UInt64 = 1) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<Int(seconds * rate)).map { _ in .random(in: -amplitude...amplitude, using: &random) }
    }

    static func silence(seconds: Double, rate: Double = 44_100) -> [Float] {
        Array(repeating: 0, count: Int(seconds * rate))
    }

    /// A sound at every beat.
    static func beats(
        bpm: Double, seconds: Double, start: Double = 0, rate: Double = 44_100, sound: [Float]
    ) -> [Float] {
        var signal = silence(seconds: seconds, rate: rate)
        var beat = 0
        while true {
            let first = Int(((start + Double(beat) * 60 / bpm) * rate).rounded())
            if first >= signal.count { return signal }
            for index in 0..<min(sound.count, signal.count - first) { signal[first + index] += sound[index] }
            beat += 1
        }
    }

    /// A decaying 60 Hz sine.
    static func kick(rate: Double = 44_100) -> [Float] {
        (0..<Int(0.2 * rate)).map { index in
            let time = Double(index) / rate
            return Float(0.8 * exp(-time / 0.05) * sin(2 * .pi * 60 * time))
        }
    }

    /// 30 ms of decaying noise.
    static func click(rate: Double = 44_100, seed: UInt64 = 3) -> [Float] {
        noise(amplitude: 0.5, seconds: 0.03, rate: rate, seed: seed).enumerated().map { index, value in
            value * Float(exp(-Double(index) / rate / 0.006))
        }
    }

    /// Notes with four overtones.
    static func chord(_ notes: [Int], seconds: Double, rate: Double = 44_100) -> [Float] {
        (0..<Int(seconds * rate)).map { index in
            let time = Double(index) / rate
            var sum = 0.0
            for note in notes {
                let frequency = 440 * pow(2, Double(note - 69) / 12)
                for overtone in 1...4 {
                    sum += 0.12 / Double(overtone) * sin(2 * .pi * frequency * Double(overtone) * time)
                }
            }
            return Float(sum)
        }
    }
}

/// A small generator with a seed, so that a failure names its replay.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
