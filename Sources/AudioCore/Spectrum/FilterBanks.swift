/// The filter banks of one sample rate; made once and shared.
///
/// A bank takes a millisecond to make, as long as a short sound takes to analyse.
// Unchecked because the buffers inside are raw memory; nothing writes to them after `init`.
final class FilterBanks: @unchecked Sendable {
    let mel: MelBank
    let chroma: ChromaBank
    let bark: BarkBands

    private static let made = SharedValues<Double, FilterBanks>(capacity: 8)

    /// The banks for short frames at a rate.
    static func shared(sampleRate: Double) -> FilterBanks {
        made.value(for: sampleRate) { FilterBanks(sampleRate: $0) }
    }

    private init(sampleRate: Double) {
        mel = MelBank(
            bands: MelSpectrum.bands, sampleRate: sampleRate, frameLength: SpectralAnalyzer.frameLength)
        chroma = ChromaBank(sampleRate: sampleRate, frameLength: SpectralAnalyzer.frameLength)
        bark = BarkBands(sampleRate: sampleRate, frameLength: SpectralAnalyzer.frameLength)
    }
}
