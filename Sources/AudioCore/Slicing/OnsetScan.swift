/// Onsets of a recording of any length.
///
/// An analysis tells onsets for ten minutes. Longer recordings are analysed in sections of nine, each beginning two
/// seconds before the one before it ends, so that none begins on a hit that it takes for its opening. Up to ten
/// minutes onsets are exactly those of the analysis. Memory: that of two analyses.
final class OnsetScan {
    private let stream: AudioStream
    private var current: FeatureExtractor
    private var next: FeatureExtractor?
    /// First frame of the section.
    private var start = 0
    private var frames = 0
    private var onsets: [Double] = []
    private let section: Int
    private let overlap: Int

    /// Seconds: closer ones are one that two sections tell.
    private static let leastDistance = 0.0299

    /// - Parameters:
    ///   - section: seconds of a section, up to 600.
    ///   - overlap: seconds of it that belong to the next one as well.
    init(stream: AudioStream, section: Int = 540, overlap: Int = 2) {
        self.stream = stream
        (self.section, self.overlap) = (section * stream.sampleRate, overlap * stream.sampleRate)
        current = FeatureExtractor(stream: stream)
    }

    /// Takes the next samples, interleaved.
    func push(_ interleaved: UnsafeBufferPointer<Float>) throws(AudioError) {
        var rest = interleaved[...]
        while !rest.isEmpty {
            let boundary = start + (next == nil ? section - overlap : section)
            let count = min(rest.count / stream.channels, boundary - frames)
            let portion = UnsafeBufferPointer(rebasing: rest.prefix(count * stream.channels))
            try current.push(portion)
            try next?.push(portion)
            frames += count
            rest = rest.dropFirst(count * stream.channels)
            if frames == boundary { try turn() }
        }
    }

    /// Opens the next section, or closes the current one.
    private func turn() throws(AudioError) {
        guard let opened = next else {
            next = FeatureExtractor(stream: stream)
            return
        }
        try close(before: Double(section - overlap / 2))
        (current, next) = (opened, nil)
        start += section - overlap
    }

    /// - Parameter last: frame of the section from which on the next one tells.
    private func close(before last: Double) throws(AudioError) {
        let rate = Double(stream.sampleRate)
        // The first half of an overlap was told by the section before, but what it just missed is still wanted.
        let begin = start == 0 ? 0 : Double(overlap / 2) / rate - 0.01
        for onset in try current.finish().rhythm.onsets where onset >= begin && onset * rate < last {
            let time = onset + Double(start) / rate
            if time >= (onsets.last ?? -1) + Self.leastDistance { onsets.append(time) }
        }
    }

    /// Seconds, ascending.
    func finish() throws(AudioError) -> [Double] {
        try close(before: .infinity)
        return onsets
    }
}
