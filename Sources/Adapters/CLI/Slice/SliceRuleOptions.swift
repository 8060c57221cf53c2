import ArgumentParser
import AudioCore

/// Where to cut.
struct SliceRuleOptions: ParsableArguments {
    @Flag(help: "Cut at every onset, just before its attack.")
    var onsets = false

    @Option(help: ArgumentHelp("Cut at the first beat and every N beats after it.", valueName: "n"))
    var beats: Int?

    @Flag(help: "Take out what is played in a long recording.")
    var clips = false

    @Option(
        parsing: .unconditional,
        help: "With --clips: dB under the loudest moment that count as played, or adaptive. (default: 40)")
    var threshold: ClipThresholdOption?

    @Option(
        help: ArgumentHelp(
            "Seconds that a slice lasts at least. (default: 0.03; with --clips 5, padding included)", valueName: "s"))
    var minLength: Double?

    @Option(help: ArgumentHelp("With --clips: seconds kept before and after. (default: 0.5)", valueName: "s"))
    var padding: Double?

    func validate() throws {
        guard (onsets ? 1 : 0) + (beats == nil ? 0 : 1) + (clips ? 1 : 0) == 1 else {
            throw ValidationError("say where to cut: --onsets, --beats N or --clips")
        }
        guard clips || (threshold == nil && padding == nil) else {
            throw ValidationError("--threshold and --padding go with --clips")
        }
    }

    var rule: SliceRule {
        if let beats { return .beats(every: beats) }
        guard clips else { return .onsets }
        var options = ClipOptions()
        options.threshold = threshold?.threshold ?? options.threshold
        options.padding = padding ?? options.padding
        options.minimumLength = minLength ?? options.minimumLength
        return .clips(options)
    }

    var minimumSliceLength: Double {
        clips ? SliceOptions().minimumLength : minLength ?? SliceOptions().minimumLength
    }
}

/// `40`, `-40` or `adaptive`.
struct ClipThresholdOption: ExpressibleByArgument {
    let threshold: ClipThreshold

    init?(argument: String) {
        if argument == "adaptive" {
            threshold = .adaptive
        } else if let distance = Double(argument) {
            // −40 and 40 are both said for what is 40 dB under the peak.
            threshold = .belowPeak(distance.magnitude)
        } else {
            return nil
        }
    }
}

enum SliceFormat: String, ExpressibleByArgument, CaseIterable {
    case wav, aiff, flac, ogg, opus, mp3

    /// - Returns: `nil` for WAV, which keeps what the source has.
    func encoding(of stream: AudioStream) -> AudioEncoding? {
        let depth = AudioEncoding.keeping(stream).integerDepth ?? .bits24
        return switch self {
        case .wav: nil
        case .aiff: .aiff(depth)
        case .flac: .flac(depth)
        case .ogg: .vorbis()
        case .opus: .opus()
        case .mp3: .mp3()
        }
    }
}
