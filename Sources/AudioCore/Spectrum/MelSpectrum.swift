import CKernels

/// The log-mel spectrum of the frame in hand: 128 bands, dB, not below −100.
///
/// 10·log10(max(1e-10, power in the band)), as in librosa's `power_to_db(melspectrogram)` before it
/// clips; feeds cepstrum, harmonic ratio and onset envelopes.
struct MelSpectrum: ~Copyable {
    static let bands = Int(CK_BANDS)
    static let lowest: Float = -100

    private let banks: FilterBanks
    /// One value a band.
    let decibels: AlignedBuffer
    /// The same in steps of 1/128 dB.
    let levels = AlignedLevels(count: bands)
    /// Largest value of any frame so far, dB.
    private(set) var largest = lowest

    /// Whether no frame was above the lowest level, but for the rounding of its logarithm.
    var isSilent: Bool { largest < Self.lowest + 0.01 }

    init(banks: FilterBanks) {
        self.banks = banks
        decibels = AlignedBuffer(count: Self.bands)
    }

    /// - Parameter power: |X|² of every bin, with 8 zeros after the last.
    mutating func measure(power: UnsafePointer<Float>) {
        banks.mel.apply(to: power, into: decibels.base)
        largest = ck_decibels(decibels.base, levels.base, Self.bands, largest)
    }
}
