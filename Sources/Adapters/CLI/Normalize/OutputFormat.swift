import ArgumentParser
import AudioCore

/// The formats that are written, by the extension of their files.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case wav, aiff, flac, ogg, opus, mp3

    init?(fileExtension: String) {
        switch fileExtension.lowercased() {
        case "wave": self = .wav
        case "aif": self = .aiff
        case "oga": self = .ogg
        case let other: self.init(rawValue: other)
        }
    }

    init?(_ format: AudioFormat) { self.init(rawValue: format.rawValue) }

    /// Bits count for the formats that store samples.
    func encoding(_ bits: SampleBits) throws -> AudioEncoding {
        switch self {
        case .wav: bits.depth.map { .wav($0) } ?? .wavFloat
        case .aiff: .aiff(bits.depth ?? .bits24)
        case .flac: .flac(bits.depth ?? .bits24)
        case .ogg: .vorbis()
        case .opus: .opus()
        case .mp3: .mp3()
        }
    }
}

/// How samples are stored.
enum SampleBits: String, CaseIterable, ExpressibleByArgument {
    case bits16 = "16"
    case bits24 = "24"
    /// 32 bits in WAV, 24 in formats without floats.
    case float

    /// Those of a source; 24 for one that stores none, whose decoder knows more than 16.
    init(_ source: AudioStream) {
        switch source.bitDepth {
        case .some(...16): self = .bits16
        case .some(25...): self = .float
        default: self = .bits24
        }
    }

    var depth: AudioEncoding.IntegerDepth? {
        switch self {
        case .bits16: .bits16
        case .bits24: .bits24
        case .float: nil
        }
    }
}
