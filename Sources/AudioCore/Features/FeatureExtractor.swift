import Foundation

/// Features of a stream that is pushed in portions of any size, in one pass and bounded memory.
///
/// The same samples give the same bits however they are portioned. Memory is a few MB, at 44.1 kHz 4 kB for
/// each 100 ms of the first ten minutes, 8 bytes after them, and at no rate more than 60 MB: tempo and key are
/// told from those ten minutes. Nothing is allocated per frame. One extractor belongs to one task at a time.
/// Cost: about 1/900 of real time for stereo at 44.1 kHz (2-core x86-64).
public final class FeatureExtractor {
    /// Samples beyond +110 dBFS are not sound but a broken file, and their squares would overflow.
    static let largestSample: Float = 316_228

    private let stream: AudioStream
    private let options: AnalysisOptions
    private var format: AudioFormat?
    private var block: BlockBuffer
    private var frames = 0
    private var spectrum: SpectralAnalyzer
    private var pitches: PitchPeakMeter
    private var tail: TailLevel
    private var amplitude: AmplitudeEnvelopeMeter
    private var excerpt: SoundExcerptMeter
    private var loudness: LoudnessMeter
    private var truePeak: TruePeakMeter
    private var waveform: WaveformMeter?

    /// - Parameters:
    ///   - stream: rate, channels and what else the header said.
    ///   - options: what to compute beyond the features that are always there.
    public convenience init(stream: AudioStream, options: AnalysisOptions = .init()) {
        self.init(stream: stream, format: stream.format, options: options, observer: nil)
    }

    /// - Parameters:
    ///   - format: `nil` where samples come from memory.
    ///   - observer: is shown every short frame.
    init(
        stream: AudioStream, format: AudioFormat?, options: AnalysisOptions, observer: FrameObserver?
    ) {
        precondition(
            DecodeLimits().sampleRates.contains(stream.sampleRate) && stream.channels > 0,
            "a stream has channels and a rate that is analysed, 8,000…384,000")
        let rate = Double(stream.sampleRate)
        (self.stream, self.format, self.options) = (stream, format, options)
        block = BlockBuffer(channels: stream.channels)
        spectrum = SpectralAnalyzer(sampleRate: rate, largestBlock: BlockBuffer.length, observer: observer)
        pitches = PitchPeakMeter(sampleRate: rate, largestBlock: BlockBuffer.length)
        tail = TailLevel(sampleRate: rate)
        amplitude = AmplitudeEnvelopeMeter(sampleRate: rate)
        excerpt = SoundExcerptMeter(sampleRate: rate)
        let layout = ChannelLayout(format: format, channels: stream.channels, mask: stream.channelMask)
        loudness = LoudnessMeter(
            sampleRate: rate, layout: options.dualMono && stream.channels == 1 ? .dualMono : layout)
        truePeak = TruePeakMeter(sampleRate: rate, channels: stream.channels, largestBlock: BlockBuffer.length)
        waveform = options.waveformPoints.map { WaveformMeter(points: $0) }
    }

    /// Takes the next samples, interleaved, full scale ±1.
    ///
    /// - Parameter interleaved: a whole number of frames, any number.
    /// - Throws: ``AudioError/damaged(format:reason:)`` where a sample is NaN, infinite or beyond +110 dBFS: here, or
    ///   up to 4,096 frames later.
    public func push(_ interleaved: UnsafeBufferPointer<Float>) throws(AudioError) {
        precondition(interleaved.count % stream.channels == 0, "a portion holds a whole number of frames")
        guard var source = interleaved.baseAddress else { return }
        var left = interleaved.count / stream.channels
        while left > 0 {
            let taken = block.fill(source, frames: left)
            source += taken * stream.channels
            left -= taken
            if block.isFull { try analyzeBlock() }
        }
    }

    /// Ends the stream.
    ///
    /// - Returns: features of all that was pushed; push nothing after it.
    /// - Throws: ``AudioError/empty(format:)`` for a stream without samples, and as ``push(_:)``.
    public func finish() throws(AudioError) -> AudioFeatures {
        block.padLastVector()
        if block.count > 0 { try analyzeBlock() }
        guard frames > 0 else { throw .empty(format: stream.format) }
        spectrum.finish()
        pitches.finish()
        truePeak.finish()
        return features()
    }

    private func analyzeBlock() throws(AudioError) {
        guard block.mix(limit: Self.largestSample) else {
            throw .damaged(format: stream.format, reason: "a sample is not a number or far beyond full scale")
        }
        frames += block.count
        let mono = UnsafeBufferPointer(start: block.mono.base, count: block.count).span
        spectrum.push(mono)
        pitches.push(mono)
        tail.push(mono)
        amplitude.push(mono)
        excerpt.push(mono)
        waveform?.push(mono)
        loudness.push(block.planar.base, stride: BlockBuffer.length, count: block.count)
        truePeak.push(block.planar.base, stride: BlockBuffer.length, count: block.count)
        block.removeAll()
    }

    private func rhythm(duration: Double) -> Rhythm {
        let length = LengthEvidence(duration: duration, tailLevel: tail.ratio)
        return Rhythm(envelopes: spectrum.envelopes.envelopes, length: length).rounded
    }

    private func features() -> AudioFeatures {
        let duration = Double(frames) / Double(stream.sampleRate)
        let rhythm = rhythm(duration: duration)
        let kind = SoundKind(duration: duration, hasTempo: rhythm.tempo != nil)
        var features = AudioFeatures(
            duration: duration, sampleRate: stream.sampleRate, channels: stream.channels, frames: frames, kind: kind)
        (features.format, features.bitDepth) = (format, stream.bitDepth)
        features.rhythm = kind == .oneShot ? Rhythm(onsets: rhythm.onsets) : rhythm
        features.tonality = KeyEstimator().estimate(pitches).rounded
        features.timbre = spectrum.timbre
        features.role = role(features)
        features.loudness = measuredLoudness()
        features.waveform = waveform?.finish()
        if options.similarity || options.fingerprint { addLikeness(to: &features) }
        return features
    }

    private func role(_ features: AudioFeatures) -> RoleEstimate? {
        guard features.kind != .song,
            let shape = SoundShape(
                amplitude: amplitude.envelope, bark: spectrum.bark.envelope, excerpt: excerpt.excerpt,
                features: features)
        else { return nil }
        return RoleEstimator().estimate(shape, kind: features.kind, duration: features.duration)
    }

    private func addLikeness(to features: inout AudioFeatures) {
        let envelope = amplitude.envelope
        guard let picture = SoundPicture(bark: spectrum.bark.envelope, amplitude: envelope) else { return }
        if options.similarity { features.similarity = SimilarityVector(features, picture, envelope) }
        if options.fingerprint { features.fingerprint = Fingerprint(picture, sampleRate: stream.sampleRate) }
    }

    private func measuredLoudness() -> Loudness {
        func level(_ peak: Float) -> Double? {
            peak > 0 ? (20 * log10(Double(peak))).rounded(digits: 6) : nil
        }
        return Loudness(
            integrated: loudness.integrated?.rounded(digits: 6),
            momentaryMaximum: loudness.momentaryMaximum?.rounded(digits: 6),
            shortTermMaximum: loudness.shortTermMaximum?.rounded(digits: 6),
            range: loudness.range?.rounded(decimals: 6), truePeak: level(truePeak.peak),
            samplePeak: level(truePeak.samplePeak))
    }
}

extension MeanAndDeviation {
    init(_ statistics: RunningStatistics) {
        self.init(
            mean: statistics.mean.rounded(digits: 6),
            standardDeviation: statistics.standardDeviation.rounded(digits: 6))
    }
}

extension Double {
    /// To so many decimals.
    func rounded(decimals: Int) -> Double {
        let scale = pow(10, Double(decimals))
        return (self * scale).rounded() / scale
    }

    /// To so many significant digits: the further ones of a measurement are noise.
    func rounded(digits: Int) -> Double {
        // Below the normal numbers there are not so many digits, and the scale itself would overflow.
        guard magnitude >= 1e-290, isFinite else { return isFinite ? 0 : self }
        let scale = digits - 1 - Int(log10(magnitude).rounded(.down))
        // Dividing by a power of ten is exact to the last bit, multiplying by a fraction is not.
        return scale >= 0
            ? (self * pow(10, Double(scale))).rounded() / pow(10, Double(scale))
            : (self / pow(10, Double(-scale))).rounded() * pow(10, Double(-scale))
    }
}
