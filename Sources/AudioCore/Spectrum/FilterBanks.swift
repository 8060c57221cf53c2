import Synchronization

/// The filter banks of one sample rate; made once and shared.
///
/// A bank takes a millisecond to make, as long as a short sound takes to analyse. The banks of the last
/// few rates are kept: files may claim any rate, and memory must not grow with what they claim.
final class FilterBanks: @unchecked Sendable {
    // Immutable after `init`, hence safe to share.
    let mel: MelBank
    let chroma: ChromaBank
    private let sampleRate: Double

    private static let mostRates = 8
    private static let recent = Mutex<[FilterBanks]>([])

    /// The banks for short frames at a rate.
    static func shared(sampleRate: Double) -> FilterBanks {
        if let banks = recent.withLock({ $0.first { $0.sampleRate == sampleRate } }) { return banks }
        let banks = FilterBanks(sampleRate: sampleRate)
        recent.withLock { $0 = [banks] + $0.prefix(mostRates - 1) }
        return banks
    }

    private init(sampleRate: Double) {
        self.sampleRate = sampleRate
        mel = MelBank(
            bands: MelSpectrum.bands, sampleRate: sampleRate, frameLength: SpectralAnalyzer.frameLength)
        chroma = ChromaBank(sampleRate: sampleRate, frameLength: SpectralAnalyzer.frameLength)
    }
}
