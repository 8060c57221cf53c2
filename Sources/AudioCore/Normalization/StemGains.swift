import Foundation

/// Gains that bring the stems of one song to a common loudness without tearing their mix apart.
///
/// Every stem that is heard is brought towards −23 LUFS by at most 12 dB either way. Stems below −60 LUFS are noise
/// and spill of the separation: they stay as they are. What is silent counts as −120 LUFS. If the stems, played
/// together, then peak above +6.02 dBFS (twice full scale), all of them are lowered by the same amount until they do
/// not.
public struct StemGains: Equatable, Sendable {
    /// LUFS.
    public static let target = -23.0
    /// LUFS under which a stem is left alone.
    public static let quietest = -60.0
    /// LUFS that stand for silence.
    public static let silence = -120.0
    /// dB either way.
    public static let most = 12.0
    /// dBFS that the sum of all stems may reach.
    public static let headroom = 20 * log10(2.0)

    /// Of each stem, LUFS, never below ``silence``.
    public let loudness: [Double]
    /// Of each stem, dB.
    public private(set) var gains: [Double]

    /// - Parameter loudness: of each stem, LUFS; `nil` or −∞ for silence.
    public init(loudness: [Double?]) {
        self.loudness = loudness.map { value in
            guard let value, !value.isNaN else { return Self.silence }
            return max(value, Self.silence)
        }
        gains = self.loudness.map { value in
            value < Self.quietest ? 0 : min(max(Self.target - value, -Self.most), Self.most)
        }
    }

    /// Lowers all gains alike until the sum of the stems keeps the headroom.
    ///
    /// - Parameter peak: of the sum of the stems under ``gains``, full scale 1.
    public func capped(sumPeak peak: Double) -> StemGains {
        guard peak.isFinite, peak > 0 else { return self }
        let excess = max(0, 20 * log10(peak) - Self.headroom)
        var capped = self
        capped.gains = gains.map { $0 - excess }
        return capped
    }
}
