import Foundation

extension Reference {
    /// The signal made again from its formula, in double precision, rounded to floats.
    func signal() -> [Float] {
        switch name {
        case let name where name.hasPrefix("clicks"): clicks()
        case let name where name.hasPrefix("cadence"): cadence()
        case "noise_white": Self.uniform(seed: 1, count: samples).map { Float(0.25 * $0) }
        case "noise_decay":
            Self.uniform(seed: 7, count: samples).enumerated().map { index, value in
                Float(0.8 * value * exp(-Double(index) / 44_100 / 0.15))
            }
        default: (0..<samples).map { Float(value($0)) }
        }
    }

    private func value(_ i: Int) -> Double {
        let rate = Double(sample_rate)
        let t = Double(i) / rate
        func sine(_ frequency: Double) -> Double { sin(2 * .pi * frequency * Double(i) / rate) }
        switch name {
        case "sine_440", "short_500": return 0.5 * sine(440)
        case "sine_997_48k": return 0.25 * sine(997)
        case "two_sines": return 0.4 * sine(300) + 0.2 * sine(5000)
        case "chirp_log":
            let k = log(16_000.0 / 50)
            return 0.5 * sin(2 * .pi * 50 / k * (exp(t * k) - 1))
        case "chirp_lin_22k": return 0.5 * sin(2 * .pi * (100 * t + 9900 * t * t / 2))
        case "impulse": return i == 11_025 ? 1 : 0
        case "dc", "one_sample": return 0.5
        case "square_110": return i % 401 < 200 ? 0.3 : -0.3
        case "chord_c_major": return Self.chord([60, 64, 67], t)
        default: return 0
        }
    }

    private static func chord(_ notes: [Int], _ t: Double) -> Double {
        var sum = 0.0
        for note in notes {
            let frequency = 440 * pow(2, Double(note - 69) / 12)
            for h in 1...4 { sum += 0.12 / Double(h) * sin(2 * .pi * frequency * Double(h) * t) }
        }
        return sum
    }

    /// The linear congruential generator of the reference, −1…1.
    private static func uniform(seed: UInt64, count: Int) -> [Double] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / 8_388_608 - 1
        }
    }

    private func clicks() -> [Float] {
        let rate = 44_100.0
        var signal = [Double](repeating: 0, count: samples)
        let bpm = true_bpm ?? 0
        var beat = 0
        while true {
            let start = Int((Double(beat) * 60 / bpm * rate + 0.5).rounded(.down))
            if start >= samples { return signal.map { Float($0) } }
            let level = name.hasSuffix("accent") && beat % 4 != 0 ? 0.4 : 0.8
            for m in 0..<min(2205, samples - start) {
                signal[start + m] += level * exp(-Double(m) / (0.005 * rate)) * sin(2 * .pi * 1000 * Double(m) / rate)
            }
            beat += 1
        }
    }

    private func cadence() -> [Float] {
        let chords: [[Int]] =
            switch name {
            case "cadence_A_minor": [[57, 60, 64], [62, 65, 69], [64, 68, 71], [57, 60, 64]]
            case "cadence_C_major": [[60, 64, 67], [65, 69, 72], [67, 71, 74], [60, 64, 67]]
            case "cadence_Eb_major": [[63, 67, 70], [68, 72, 75], [70, 74, 77], [63, 67, 70]]
            default: [[54, 57, 61], [59, 62, 66], [61, 65, 68], [54, 57, 61]]
            }
        return chords.flatMap { notes in
            (0..<44_100).map { i in
                let t = Double(i) / 44_100
                return Float(Self.chord(notes, t) * exp(-1.5 * t))
            }
        }
    }
}
