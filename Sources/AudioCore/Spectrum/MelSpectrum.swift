/// The log-mel spectrum of the frame in hand: 128 bands, dB, not below −100.
///
/// 10·log10(max(1e-10, power in the band)), as in librosa's `power_to_db(melspectrogram)` before it
/// clips; feeds cepstrum, harmonic ratio and onset envelopes.
struct MelSpectrum: ~Copyable {
    static let bands = 128
    static let lowest: Float = -100

    let bank: MelBank
    /// One value a band.
    let decibels: AlignedBuffer
    /// The same in steps of 1/128 dB.
    let levels = AlignedLevels(count: bands)
    /// Largest value of any frame so far, dB.
    private(set) var largest = lowest

    init(sampleRate: Double, frameLength: Int) {
        bank = MelBank(bands: Self.bands, sampleRate: sampleRate, frameLength: frameLength)
        decibels = AlignedBuffer(count: Self.bands)
    }

    /// - Parameter power: |X|² of every bin, with 8 zeros after the last.
    mutating func measure(power: UnsafePointer<Float>) {
        bank.apply(to: power, into: decibels.base)
        var peak = Lanes(repeating: largest)
        for band in stride(from: 0, to: Self.bands, by: 8) {
            let values = decibels.base.lanes(band).larger(Lanes(repeating: 1e-10)).decibels
            decibels.base.setLanes(band, values)
            levels.base.setLevels(
                band, SIMD8<Int16>(truncatingIfNeeded: (values * AlignedLevels.resolution).nearest))
            peak = peak.larger(values)
        }
        largest = peak.greatest
    }
}
