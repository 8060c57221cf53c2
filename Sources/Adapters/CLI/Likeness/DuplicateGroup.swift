import AudioCore
import Foundation

/// Files that hold one recording, the best first.
struct DuplicateGroup: Encodable {
    let files: [Member]

    struct Member: Encodable {
        let file: String
        let relation: Relation
        /// Against the best file; what is not near has neither.
        var louderBy: Double?
        var laterBy: Double?

        private enum CodingKeys: String, CodingKey {
            case file, relation
            case louderBy = "gain_db"
            case laterBy = "offset_seconds"
        }
    }

    /// What a file is to the best one of its group.
    enum Relation: String, Encodable {
        case best
        case sameBytes = "same bytes"
        case sameSamples = "same samples"
        case near
        /// Like another of the group, not like the best.
        case linked
    }

    init(_ records: [SoundRecord], ffmpeg: FFmpeg?) {
        let sorted = records.sorted { $0.isBetter(than: $1) }
        let best = sorted[0]
        // Each is read once, and only where it may be equal.
        let bytes =
            sorted.contains { $0.path != best.path && $0.stamp.size == best.stamp.size }
            ? FileDigest.bytes(of: best.path) : nil
        let samples =
            sorted.contains { $0.path != best.path && $0.mayHaveSamples(of: best) }
            ? FileDigest.samples(of: best.path, ffmpeg: ffmpeg) : nil
        files =
            [Member(file: best.path, relation: .best)]
            + sorted.dropFirst().map { record in
                if record.stamp.size == best.stamp.size, let bytes, bytes == FileDigest.bytes(of: record.path) {
                    return Member(file: record.path, relation: .sameBytes)
                }
                if record.mayHaveSamples(of: best), let samples,
                    samples == FileDigest.samples(of: record.path, ffmpeg: ffmpeg)
                {
                    return Member(file: record.path, relation: .sameSamples)
                }
                guard let print = record.fingerprint, let match = best.fingerprint.flatMap(print.match), match.isCopy
                else {
                    return Member(file: record.path, relation: .linked)
                }
                return Member(
                    file: record.path, relation: .near, louderBy: (match.gain * 10).rounded() / 10 + 0,
                    laterBy: (match.offset * 100).rounded() / 100 + 0)
            }
    }
}

extension DuplicateGroup.Member: CustomStringConvertible {
    var description: String {
        switch relation {
        case .near:
            let gain = louderBy.map { String(format: "%+.1f dB", $0) } ?? ""
            let offset = laterBy.map { String(format: "%+.2f s", $0) } ?? ""
            return "near (\(gain), \(offset))"
        case .linked: return "like another of these"
        case .best, .sameBytes, .sameSamples: return relation.rawValue
        }
    }
}

extension SoundRecord {
    /// Lossless before lossy, longer before shorter (by more than a tenth of a second), then the higher rate, more bits,
    /// more channels, and the shorter path.
    func isBetter(than other: SoundRecord) -> Bool {
        if isLossless != other.isLossless { return isLossless }
        let tenths = (Int(sounding * 10), Int(other.sounding * 10))
        if tenths.0 != tenths.1 { return tenths.0 > tenths.1 }
        if sampleRate != other.sampleRate { return sampleRate > other.sampleRate }
        if bitDepth != other.bitDepth { return bitDepth ?? 0 > other.bitDepth ?? 0 }
        if channels != other.channels { return channels > other.channels }
        return (path.count, path) < (other.path.count, other.path)
    }

    /// Seconds from the onset on: silence before it makes nothing better.
    private var sounding: Double { max(0, min(1e9, summary.duration - (fingerprint?.onset ?? 0) + 0.02)) }

    /// M4A may be lossless or not: it is taken for lossy.
    private var isLossless: Bool { format == .wav || format == .aiff || format == .flac }

    fileprivate func mayHaveSamples(of other: SoundRecord) -> Bool {
        (frames, channels, sampleRate) == (other.frames, other.channels, other.sampleRate)
    }
}
