extension AudioEncoding {
    /// Whether the format can hold frames of this kind.
    ///
    /// - Throws: ``AudioWriteError/unsupportedRate(_:_:use:)``, ``AudioWriteError/unsupportedChannels(_:_:most:)``,
    ///   ``AudioWriteError/unsupportedSetting(_:_:)``.
    public func check(sampleRate: Int, channels: Int) throws(AudioWriteError) {
        guard (1...mostChannels).contains(channels) else {
            throw .unsupportedChannels(format, channels, most: mostChannels)
        }
        let nearest = nearestRate(to: sampleRate)
        guard nearest == sampleRate else { throw .unsupportedRate(format, sampleRate, use: nearest) }
        if let complaint = complaint(sampleRate: sampleRate, channels: channels) {
            throw .unsupportedSetting(format, complaint)
        }
    }

    /// The rate to resample to: `sampleRate` itself where the format has it, else the next higher one, which
    /// loses nothing, else the highest.
    public func nearestRate(to sampleRate: Int) -> Int {
        switch self {
        case .wav, .wavFloat, .aiff: min(max(sampleRate, 1), 768_000)
        case .flac: min(max(sampleRate, 1), Self.highestFLACRate)
        case .vorbis: min(max(sampleRate, 8_000), 192_000)
        case .opus: Self.opusRates.first { $0 >= sampleRate } ?? 48_000
        case .mp3: Self.mp3Rates.first { $0 >= sampleRate } ?? 48_000
        }
    }

    /// Samples per frame at most.
    public var mostChannels: Int {
        switch self {
        case .wav, .wavFloat, .aiff: 64
        case .flac, .vorbis, .opus: 8
        case .mp3: 2
        }
    }

    // 20 bits of the stream's header hold the rate, but encoders stop here.
    private static let highestFLACRate = 655_350
    private static let opusRates = [8_000, 12_000, 16_000, 24_000, 48_000]
    private static let mp3Rates = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]

    private func complaint(sampleRate: Int, channels: Int) -> String? {
        switch self {
        case .wav, .wavFloat, .aiff, .flac: return nil
        case .vorbis(let quality):
            return (0...1).contains(quality) ? nil : "a quality of \(quality), allowed 0 to 1"
        case .opus(let kilobits):
            let allowed = 6 * channels...256 * channels
            return allowed.contains(kilobits) ? nil : "\(kilobits) kbit/s, allowed \(Self.text(allowed))"
        case .mp3(.variable(let quality)):
            return (0...9).contains(quality) ? nil : "a quality of \(quality), allowed 0 to 9"
        case .mp3(.constant(let kilobits)):
            let allowed = MP3Rates(sampleRate: sampleRate, channels: channels).constant
            return allowed.contains(kilobits)
                ? nil
                : "\(kilobits) kbit/s at \(sampleRate) Hz, allowed "
                    + allowed.map { String($0) }.joined(separator: ", ")
        }
    }

    private static func text(_ range: ClosedRange<Int>) -> String { "\(range.lowerBound) to \(range.upperBound)" }
}
