import Foundation

/// Drums, notes and noises from closed form.
enum MadeHits {
    /// A sine that glides from one frequency to another (time constant 30 ms) and dies away.
    static func glide(
        _ high: Double, to low: Double, decay: Double, seconds: Double, rate: Double = 44_100
    ) -> [Float] {
        var phase = 0.0
        return (0..<Int(seconds * rate)).map { index in
            let time = Double(index) / rate
            phase += 2 * .pi * (low + (high - low) * exp(-time / 0.03)) / rate
            return Float(0.8 * sin(phase) * exp(-time / decay))
        }
    }

    /// Noise through a resonance, dying away; `decay` is the time constant of the amplitude, seconds.
    static func noise(
        around frequency: Double, width: Double, decay: Double, seconds: Double, rate: Double = 44_100, seed: UInt64 = 1
    ) -> [Float] {
        let radius = exp(-.pi * width / rate)
        let turn = 2 * radius * cos(2 * .pi * frequency / rate)
        var (last, before, input) = (0.0, 0.0, (0.0, 0.0))
        let filtered = Signals.noise(seconds: seconds, rate: rate, seed: seed).enumerated().map { index, sample in
            let value = Double(sample) - input.1 + turn * last - radius * radius * before
            (before, last, input) = (last, value, (Double(sample), input.0))
            return value * exp(-Double(index) / rate / decay)
        }
        let highest = filtered.map(abs).max() ?? 1
        return filtered.map { Float(0.6 * $0 / highest) }
    }

    /// Harmonics n = 1…12 at level 1/n².
    static func note(_ frequency: Double, decay: Double, seconds: Double, rate: Double = 44_100) -> [Float] {
        (0..<Int(seconds * rate)).map { index in
            let time = Double(index) / rate
            var sum = 0.0
            for harmonic in 1...12 {
                sum += sin(2 * .pi * frequency * Double(harmonic) * time) / Double(harmonic * harmonic)
            }
            return Float(0.3 * sum * exp(-time / decay) * min(1, time / 0.01))
        }
    }

    static func kick(rate: Double = 44_100) -> [Float] {
        glide(140, to: 50, decay: 0.06, seconds: 0.4, rate: rate)
    }

    static func snare(rate: Double = 44_100) -> [Float] {
        let body = glide(220, to: 190, decay: 0.04, seconds: 0.3, rate: rate)
        let wires = Signals.noise(seconds: 0.3, rate: rate).enumerated().map { index, value in
            value * Float(exp(-Double(index) / rate / 0.06))
        }
        return mix(body.map { 0.4 * $0 }, wires)
    }

    static func hat(decay: Double, seconds: Double, rate: Double = 44_100) -> [Float] {
        noise(around: 9_000, width: 4_000, decay: decay, seconds: seconds, rate: rate)
    }

    /// Three short bursts 11 ms apart and a tail.
    static func clap(rate: Double = 44_100) -> [Float] {
        let burst = noise(around: 1_200, width: 700, decay: 0.002, seconds: 0.01, rate: rate, seed: 2)
        let tail = noise(around: 1_200, width: 700, decay: 0.03, seconds: 0.2, rate: rate, seed: 5)
        let gap = [Float](repeating: 0, count: Int(0.001 * rate))
        return burst + gap + burst + gap + burst + gap + tail
    }

    static func tom(rate: Double = 44_100) -> [Float] {
        let skin = glide(140, to: 110, decay: 0.15, seconds: 0.9, rate: rate)
        return mix(skin, Signals.click(rate: rate).map { 0.2 * $0 })
    }

    /// Three syllables: a buzz that glides, through a mouth that opens, after a hiss.
    static func voice(rate: Double = 44_100) -> [Float] {
        var signal: [Float] = []
        for syllable in 0..<3 {
            let hiss = noise(around: 4_000, width: 3_000, decay: 1, seconds: 0.06, rate: rate).map { 0.1 * $0 }
            var phase = 0.0
            signal += hiss
            for index in 0..<Int(0.25 * rate) {
                let part = Double(index) / (0.25 * rate)
                let pitch: Double = 140 + 40 * sin(.pi * (part + 0.3 * Double(syllable)))
                phase += 2 * .pi * pitch / rate
                let buzz = buzz(phase: phase, pitch: pitch, mouth: 350 + 450 * part)
                signal.append(Float(0.25 * buzz * sin(.pi * part)))
            }
        }
        return signal
    }

    /// Twenty harmonics, loudest around the frequency of the mouth.
    private static func buzz(phase: Double, pitch: Double, mouth: Double) -> Double {
        var sum = 0.0
        for harmonic in 1...20 {
            let distance = (Double(harmonic) * pitch - mouth) / 150
            sum += sin(Double(harmonic) * phase) / (1 + distance * distance)
        }
        return sum
    }

    /// Noise that swells and whose colour rises.
    static func sweep(rate: Double = 44_100) -> [Float] {
        var signal: [Float] = []
        for step in 0..<8 {
            let colour = 400 * pow(1.5, Double(step))
            let part = noise(around: colour, width: 600, decay: 10, seconds: 0.15, rate: rate, seed: UInt64(step))
            signal += part.map { $0 * Float(step + 1) / 8 }
        }
        return signal
    }

    /// Kick, hat, snare, hat, two bars of it.
    static func beat(rate: Double = 44_100) -> [Float] {
        let step = Int(0.25 * rate)
        let hits = [kick(rate: rate), hat(decay: 0.02, seconds: 0.2, rate: rate), snare(rate: rate)]
        var signal = [Float](repeating: 0, count: 16 * step)
        for position in 0..<16 {
            let hit = hits[position % 4 == 0 ? 0 : position % 4 == 2 ? 2 : 1]
            for (index, value) in hit.enumerated() where position * step + index < signal.count {
                signal[position * step + index] += 0.7 * value
            }
        }
        return signal
    }

    static func mix(_ long: [Float], _ short: [Float]) -> [Float] {
        long.enumerated().map { $0.element + ($0.offset < short.count ? short[$0.offset] : 0) }
    }
}
