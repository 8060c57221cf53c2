import CKernels

/// How one fingerprint lies on another.
public struct FingerprintMatch: Equatable, Sendable {
    /// Mean difference of their levels after gain and slow fades are taken off, dB.
    public let residual: Double
    /// How much louder the first is, dB.
    public let gain: Double
    /// How much later in its file the first begins, seconds, to about 10 ms.
    public let offset: Double
    /// Whether both were analysed at the same sample rate, in frames of the same length.
    let isAtOneRate: Bool
}

extension Fingerprint {
    /// Fewer steps in common prove nothing: 60 ms.
    static let leastSteps = 3
    /// The loudest parts must lie on each other: what differs by more at the best offset is the tail of one and the beginning
    /// of another, dB.
    private static let mostGain: Float = 20
    /// Half a second: how far onsets may be apart.
    private static let farthest = 25

    /// How this lies best on another, at any offset up to half a second.
    ///
    /// - Returns: `nil` where there is too little to compare: less than 60 ms, or less than half of the longer one.
    /// - Complexity: 102 comparisons of all levels, some 50 µs for a second of sound.
    public func match(_ other: Fingerprint) -> FingerprintMatch? {
        match(other, offsets: -Self.farthest...Self.farthest)
    }

    /// - Parameter offsets: steps of `other` before its step that lies on the first one of this; half a step after each
    ///   of them is tried too.
    func match(_ other: Fingerprint, offsets: some Sequence<Int>) -> FingerprintMatch? {
        precondition(version == other.version, "only fingerprints of one version compare")
        let least = max(Self.leastSteps, (max(steps, other.steps) + 1) / 2)
        var best: (difference: ck_print_difference, offset: Double)?
        levels.withUnsafeBufferPointer { own in
            other.levels.withUnsafeBufferPointer { others in
                guard let own = own.baseAddress, let others = others.baseAddress else { return }
                for offset in offsets where abs(offset) <= Self.farthest {
                    for half in 0...1 {
                        let (start, end) = (max(0, -offset), min(steps, other.steps - offset - half))
                        guard end - start >= least else { continue }
                        let difference = ck_compare_prints(
                            own + start * Self.bands, others + (start + offset) * Self.bands, end - start,
                            0.5 * Float(half))
                        guard abs(difference.gain) < Self.mostGain else { continue }
                        if difference.residual < best?.difference.residual ?? .infinity {
                            best = (difference, Double(offset) + 0.5 * Double(half))
                        }
                    }
                }
            }
        }
        guard let best else { return nil }
        return FingerprintMatch(
            residual: Double(best.difference.residual),
            gain: reference - other.reference + Double(best.difference.gain),
            offset: onset - other.onset - best.offset * SoundPicture.step,
            isAtOneRate: sampleRate == other.sampleRate)
    }
}

extension FingerprintMatch {
    /// Whether both are copies of one recording.
    ///
    /// Frames of another length see the same sound a little differently: 0.3 dB more is allowed there.
    public var isCopy: Bool { residual < (isAtOneRate ? 0.6 : 0.9) }
}
