import Foundation

/// How periodic a sound is from moment to moment, and at which pitch.
///
/// At most 40 windows of 60 ms, evenly over what sounds in the first six seconds; pitches from 33 to 1,000 Hz.
struct PeriodicityTrack: Equatable, Sendable {
    struct Window: Equatable, Sendable {
        /// Seconds from the start of the sound.
        let time: Double
        let power: Double
        /// 1 where the sound repeats itself exactly, 0 where it does not at all.
        let clarity: Double
        /// Hz; 0 without a period.
        let frequency: Double
    }

    /// Those within 25 dB of the loudest.
    let windows: [Window]
    /// Mean clarity of all windows by their power, 0…1.
    let clarity: Double

    private static let mostWindows = 40
    private static let hop = 0.03
    private static let clear = 0.8

    /// - Parameters:
    ///   - start: where the sound begins, seconds.
    ///   - length: how long it lasts, seconds.
    init(_ excerpt: SoundExcerpt, start: Double, length: Double) {
        let rate = excerpt.sampleRate
        var difference = NormalisedDifference(sampleRate: rate)
        let first = min(excerpt.samples.count, Int(max(0, start - excerpt.start) * rate))
        let end = min(excerpt.samples.count, Int(max(0, start + length - excerpt.start) * rate))
        let rest = end - first - difference.width
        let count = min(Self.mostWindows, max(1, rest / Int(Self.hop * rate) + 1))
        let hop = count > 1 ? max(1, rest / (count - 1)) : 1
        var windows: [Window] = []
        // Less than half a window tells nothing.
        if end - first > difference.width / 2 {
            let offset = Self.mean(excerpt.samples[first..<end])
            for index in 0..<count {
                let begin = first + index * hop
                let samples = excerpt.samples[begin..<min(begin + difference.width, excerpt.samples.count)]
                let (energy, clarity, lag) = difference.measure(samples, offset: offset)
                windows.append(
                    Window(
                        time: Double(index * hop) / rate, power: energy / Double(samples.count), clarity: clarity,
                        frequency: lag > 0 ? rate / Double(lag) : 0))
            }
        }
        let power = windows.reduce(0) { $0 + $1.power }
        clarity = power > 0 ? windows.reduce(0) { $0 + $1.power * $1.clarity } / power : 0
        let loudest = windows.map(\.power).max() ?? 0
        self.windows = windows.filter { $0.power > 0.003 * loudest }
    }

    private static func mean(_ samples: ArraySlice<Float>) -> Float {
        Float(samples.reduce(0.0) { $0 + Double($1) } / Double(max(1, samples.count)))
    }
}

extension PeriodicityTrack {
    private var voiced: [Window] { windows.filter { $0.clarity > Self.clear } }

    /// Part of the windows that have a clear pitch, 0…1.
    var voicedShare: Double { windows.isEmpty ? 0 : Double(voiced.count) / Double(windows.count) }

    /// The middle one of the clear pitches, Hz.
    var pitch: Double? {
        let frequencies = voiced.map(\.frequency).sorted()
        return frequencies.isEmpty ? nil : frequencies[frequencies.count / 2]
    }

    /// How far the pitch falls in the 300 ms after it is first clear, octaves.
    var fall: Double {
        guard let first = voiced.first, let last = voiced.last(where: { $0.time < first.time + 0.3 }) else { return 0 }
        return log2(first.frequency / last.frequency)
    }

    /// Mean distance from the middle pitch, semitones; jumps of seven and more are another note or an error.
    var wander: Double {
        guard let pitch else { return 0 }
        let distances = voiced.map { abs(12 * log2($0.frequency / pitch)) }.filter { $0 < 7 }
        return distances.isEmpty ? 0 : distances.reduce(0, +) / Double(distances.count)
    }
}
