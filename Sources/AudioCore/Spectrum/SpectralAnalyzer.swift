import CKernels

/// Everything that is read off the short frames: timbre, level, onset envelopes.
///
/// Frames of 2048 samples every 512, centred (frame f on sample 512·f) and zero padded, periodic Hann
/// window: librosa's defaults, at the stream's own rate. One transform a frame feeds all of it.
/// Push a whole number of blocks, then `finish()`; nothing is allocated per frame.
struct SpectralAnalyzer: ~Copyable {
    static let frameLength = 2048
    static let hop = 512
    /// Frames that wait for the loudest one, at most: ten minutes at 48 kHz. Memory must not grow with the rate
    /// that a file claims.
    static let keptFrames = 56_250

    private(set) var statistics = SpectralStatistics()
    private(set) var chromaStatistics = VectorStatistics(count: ChromaBank.classes)
    private(set) var contrast: SpectralContrastMeter
    private(set) var cepstrum: MelCepstrumMeter
    private(set) var harmonicRatio: HarmonicRatioMeter
    private(set) var envelopes: OnsetEnvelopeMeter
    private(set) var bark: BarkEnvelopeMeter
    /// Frames from one value of the envelopes to the next: about 86 a second at any rate from 44.1 kHz on.
    private let envelopeStep: Int
    private var slicer: FrameSlicer
    private var frames = 0
    private var samples = 0
    private var crossings = ZeroCrossings(hop: hop)
    private let transform = FourierTransform(size: frameLength)
    private let window = HannWindow.shared(size: frameLength)
    private let shape: SpectralShapeMeter
    private let banks: FilterBanks
    private let chroma = AlignedBuffer(count: 16)
    private let chromaSums: AlignedBuffer
    private var mel: MelSpectrum
    private let observer: FrameObserver?

    /// - Parameter observer: is shown the values of every frame, each kind in order.
    init(sampleRate: Double, largestBlock: Int, observer: FrameObserver? = nil) {
        envelopeStep = max(1, Int(sampleRate / 44_100))
        slicer = FrameSlicer(
            frameLength: Self.frameLength, hop: Self.hop, leadingZeros: Self.frameLength / 2,
            largestBlock: largestBlock)
        shape = SpectralShapeMeter(frameLength: Self.frameLength, sampleRate: sampleRate)
        banks = .shared(sampleRate: sampleRate)
        chromaSums = AlignedBuffer(count: banks.chroma.runCount)
        mel = MelSpectrum(banks: banks)
        contrast = SpectralContrastMeter(
            sampleRate: sampleRate, frameLength: Self.frameLength, observer: observer)
        cepstrum = MelCepstrumMeter(observer: observer)
        harmonicRatio = HarmonicRatioMeter(edges: banks.mel.edges)
        envelopes = OnsetEnvelopeMeter(
            edges: banks.mel.edges, frameRate: sampleRate / Double(Self.hop * envelopeStep))
        bark = BarkEnvelopeMeter(
            banks: banks, frameRate: sampleRate / Double(Self.hop), framesPerColumn: envelopeStep)
        self.observer = observer
    }

    mutating func push(_ mono: Span<Float>) {
        samples += mono.count
        slice(mono)
    }

    /// Completes the last frames with silence: 1 + ⌊samples / 512⌋ frames in all.
    mutating func finish() {
        let silence = [Float](repeating: 0, count: Self.frameLength / 2)
        slice(silence.span)
        contrast.finish()
        cepstrum.finish()
        harmonicRatio.finish()
    }

    private mutating func slice(_ block: Span<Float>) {
        slicer.push(block)
        while let frame = slicer.next() { analyze(frame) }
    }

    private mutating func analyze(_ frame: UnsafePointer<Float>) {
        let energy = ck_apply_window(window.samples.base, frame, transform.input.base, Self.frameLength)
        transform.execute()
        countCrossings(frame)
        let values = SpectralFrame(
            shape: shape.measure(transform.output.base), zeroCrossingRate: crossings.rate,
            rms: Double(energy / Float(Self.frameLength)).squareRoot())
        statistics.add(values)
        observer?(.shape(values))
        measureTimbre()
        frames += 1
    }

    private mutating func measureTimbre() {
        contrast.push(magnitude: shape.magnitude.base)
        bark.push(power: shape.power.base)
        banks.chroma.apply(to: shape.power.base, sums: chromaSums, into: chroma)
        chromaStatistics.add(chroma.base)
        observer?(.chroma(Array(chroma.array.prefix(ChromaBank.classes))))
        mel.measure(power: shape.power.base)
        cepstrum.push(mel.levels.base, largest: mel.largest)
        harmonicRatio.push(mel.levels.base)
        if frames % envelopeStep == 0 { envelopes.push(mel.decibels.base, largest: mel.largest) }
    }

    private mutating func countCrossings(_ frame: UnsafePointer<Float>) {
        // Frame f ends with hop f + 1. The first frame brings two hops of signal, every other one.
        if frames == 0 { push(hop: 0, frame + 2 * Self.hop) }
        push(hop: frames + 1, frame + 3 * Self.hop)
    }

    private mutating func push(hop: Int, _ start: UnsafePointer<Float>) {
        let valid = min(max(samples - hop * Self.hop, 0), Self.hop)
        crossings.push(start, valid: valid, isFirst: hop == 0)
    }
}

extension SpectralAnalyzer {
    /// All of it, once the stream has ended.
    var timbre: Timbre {
        var timbre = Timbre()
        timbre.centroid = MeanAndDeviation(statistics.centroid)
        timbre.bandwidth = MeanAndDeviation(statistics.bandwidth)
        timbre.rolloff = MeanAndDeviation(statistics.rolloff)
        timbre.flatness = MeanAndDeviation(statistics.flatness)
        timbre.zeroCrossingRate = MeanAndDeviation(statistics.zeroCrossingRate)
        timbre.rms = MeanAndDeviation(statistics.rms)
        timbre.onsetStrength = MeanAndDeviation(cepstrum.onsetStrength)
        timbre.contrast = contrast.statistics.summaries
        timbre.mfcc = cepstrum.statistics.summaries
        timbre.chroma = chromaStatistics.summaries
        // Silence is all floor, which would be split in halves.
        timbre.harmonicRatio = mel.isSilent ? nil : harmonicRatio.ratio?.rounded(digits: 6)
        return timbre
    }
}

/// Is shown the values of frames, for tests.
typealias FrameObserver = (FrameValues) -> Void

/// Values of one short frame. Contrast and cepstrum come late: they wait for the loudest frame.
enum FrameValues: Equatable {
    case shape(SpectralFrame)
    case chroma([Float])
    /// dB, clipped; their difference is the contrast.
    case contrast(peaks: [Float], valleys: [Float])
    case cepstrum([Float], onsetStrength: Float)
}

/// The values of one short frame that one number each tells.
struct SpectralFrame: Equatable, Sendable {
    var shape: SpectralShape
    /// Sign changes per sample.
    var zeroCrossingRate: Double
    /// Root mean square of the frame, full scale 1.
    var rms: Double
}

/// Mean and deviation over all frames.
struct SpectralStatistics: Equatable {
    private(set) var centroid = RunningStatistics()
    private(set) var bandwidth = RunningStatistics()
    private(set) var rolloff = RunningStatistics()
    private(set) var flatness = RunningStatistics()
    private(set) var zeroCrossingRate = RunningStatistics()
    private(set) var rms = RunningStatistics()

    mutating func add(_ frame: SpectralFrame) {
        centroid.add(frame.shape.centroid)
        bandwidth.add(frame.shape.bandwidth)
        rolloff.add(frame.shape.rolloff)
        flatness.add(frame.shape.flatness)
        zeroCrossingRate.add(frame.zeroCrossingRate)
        rms.add(frame.rms)
    }
}

/// Only for the benchmark "STFT of 3 minutes": everything that hangs on the short frames.
///
/// - Returns: frames analysed.
@_spi(Benchmarks)
public func analyzeShortFrames(of mono: [Float], sampleRate: Double) -> Int {
    var analyzer = SpectralAnalyzer(sampleRate: sampleRate, largestBlock: BlockBuffer.length)
    var start = 0
    while start < mono.count {
        let end = min(start + BlockBuffer.length, mono.count)
        analyzer.push(mono.span.extracting(start..<end))
        start = end
    }
    analyzer.finish()
    return analyzer.statistics.rms.count
}
