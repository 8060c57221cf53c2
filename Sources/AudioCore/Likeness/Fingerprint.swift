import CKernels
import Foundation

/// Tells copies of one recording, whatever happened to level, format, silence around it, or its ends.
///
/// The levels of 24 critical bands up to 9.5 kHz, every 20 ms of the first six seconds from the onset on, against the
/// loudest of them: 1.2 kB a second and 7.2 kB at most. Two recordings of one drum differ in them by the chance of every
/// stroke, two copies of one recording only by what coding adds. What sounds after the six seconds is not looked at.
public struct Fingerprint: Hashable, Sendable {
    /// Of fingerprints made by this code: only those of one version compare.
    public static let currentVersion = 1
    /// Six seconds.
    static let mostSteps = 300
    static let bands = Int(CK_PRINT_BANDS)

    public let version: Int
    /// When the sound begins in the file, seconds.
    public let onset: Double
    /// Of the file, frames a second.
    public let sampleRate: Int
    /// Level of the loudest step, dB: ten times the logarithm of its mean square.
    public let reference: Double
    /// Fifths of a dB above −50 dB against the loudest step, `[steps × 24]`.
    let levels: [UInt8]

    var steps: Int { levels.count / Self.bands }

    init(_ picture: SoundPicture, sampleRate: Int) {
        (version, self.sampleRate) = (Self.currentVersion, sampleRate)
        onset = picture.onset.rounded(decimals: 4)
        reference = picture.reference.rounded(decimals: 2)
        let audible = (0..<picture.steps).last { (picture[$0].prefix(Self.bands).max() ?? 0) > SoundPicture.floor + 10 }
        levels = (0..<min(Self.mostSteps, (audible ?? 0) + 1)).flatMap { step in
            picture[step].prefix(Self.bands).map {
                UInt8(max(0, min(250, (($0 - SoundPicture.floor) * CK_PRINT_STEPS).rounded())))
            }
        }
    }

    /// A fingerprint that was kept in another form.
    ///
    /// - Parameters:
    ///   - onset: when the sound begins in the file, seconds.
    ///   - sampleRate: of the file, frames a second.
    ///   - reference: level of the loudest step, dB.
    ///   - bytes: as ``bytes``.
    /// - Returns: `nil` for bytes no fingerprint has.
    public init?(onset: Double, sampleRate: Int, reference: Double, bytes: [UInt8]) {
        guard onset.isFinite, reference.isFinite, bytes.count % Self.bands == 0, !bytes.isEmpty,
            bytes.count <= Self.mostSteps * Self.bands, bytes.allSatisfy({ $0 <= 250 })
        else { return nil }
        (version, self.sampleRate, levels) = (Self.currentVersion, sampleRate, bytes)
        (self.onset, self.reference) = (onset, reference)
    }

    /// Its levels, for keeping.
    public var bytes: [UInt8] { levels }
}

extension Fingerprint: Codable {
    private enum CodingKeys: String, CodingKey {
        case version, onset, reference, levels
        case sampleRate = "sample_rate"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        try container.encode(onset, forKey: .onset)
        try container.encode(sampleRate, forKey: .sampleRate)
        try container.encode(reference, forKey: .reference)
        try container.encode(Data(levels).base64EncodedString(), forKey: .levels)
    }

    /// - Throws: `DecodingError` for another version, and for levels no fingerprint has.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let levels = try Data(base64Encoded: container.decode(String.self, forKey: .levels))
        guard try container.decode(Int.self, forKey: .version) == Self.currentVersion,
            let print = try Fingerprint(
                onset: container.decode(Double.self, forKey: .onset),
                sampleRate: container.decode(Int.self, forKey: .sampleRate),
                reference: container.decode(Double.self, forKey: .reference), bytes: Array(levels ?? Data()))
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .levels, in: container, debugDescription: "no fingerprint of version \(Self.currentVersion)")
        }
        self = print
    }
}
