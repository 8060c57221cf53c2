import ArgumentParser
import AudioCore
import Foundation

/// `waxwing match`: what goes with a sound, and what must be done to it.
struct Match: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find sounds whose key and tempo fit another.",
        discussion: """
            Prints the sounds of files and folders that can be brought into the key and tempo of FILE, the least change
            first: how many semitones to shift the pitch, how many percent to stretch the time, and how the keys then go
            together on the Camelot wheel. Double and half tempo count as fitting. Sounds with neither key nor tempo are
            left out, and so is FILE itself.

            Examples:
              waxwing match song.wav ~/Loops
              waxwing match song.wav ~/Loops --stretch 3 --shift 0
              waxwing match song.wav ~/Loops --json
            """.reflowed)

    @Argument(help: "The sound that stays as it is.", completion: .file())
    var file: String

    @Argument(help: "Files and folders to search.", completion: .file())
    var paths: [String]

    @Option(help: "Percent of tempo to change at most.")
    var stretch = 8.0

    @Option(help: "Semitones to shift at most.")
    var shift = 3

    @Option(name: .shortAndLong, help: "How many at most.")
    var number = 20

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var batch: BatchOptions
    @OptionGroup var cache: CacheOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder to search") }
        guard (0...100).contains(stretch) else { throw ValidationError("--stretch must be 0 to 100 percent") }
        guard (0...6).contains(shift) else { throw ValidationError("--shift must be 0 to 6 semitones") }
        guard !file.isFolder else { throw ValidationError("FILE must be one file") }
        guard number > 0 else { throw ValidationError("-n must be at least 1") }
    }

    func run() async throws {
        let sought = try await SoundCollection.gather([file], batch: batch, cache: cache)
        guard sought.failures == 0, let record = sought.records.first, sought.records.count == 1 else {
            throw sought.failures > 0 ? ExitCode.someFailed : ValidationError("FILE must be one file")
        }
        guard record.summary.key != nil || record.summary.bpm != nil else {
            FileProblem(path: file, reason: "it has neither a key nor a tempo to match: name another sound").report()
            throw ExitCode.someFailed
        }
        let collection = try await SoundCollection.gather(paths, batch: batch, cache: cache)
        let matches = collection.records.filter { $0.path != record.path }.compactMap { other in
            MixMatch(of: other.summary, to: record.summary, mostShift: shift, mostStretch: stretch)
                .map { MatchedSound(file: other.path, summary: other.summary, match: $0) }
        }
        show(Array(matches.sorted { ($0.rank, $0.change, $0.file) < ($1.rank, $1.change, $1.file) }.prefix(number)))
        if collection.failures > 0 { throw ExitCode.someFailed }
    }

    private func show(_ matches: [MatchedSound]) {
        if json { return JSONOutput.print(MatchedSounds(file: file, matches: matches)) }
        for match in matches { write("\(match)\n") }
    }
}

private struct MatchedSounds: Encodable {
    let file: String
    let matches: [MatchedSound]
}

/// A line of the answer.
private struct MatchedSound: Encodable {
    let file: String
    let bpm: Double?
    let key: String?
    let camelot: String?
    let semitones: Int
    let stretchPercent: Double?
    let beats: Double?
    let mix: HarmonicMix?
    let change: Double
    /// Those that fit in key and tempo before those of which one is unknown.
    let rank: Int

    init(file: String, summary: SoundSummary, match: MixMatch) {
        (self.file, bpm, mix) = (file, summary.bpm, match.mix)
        key = summary.key.map { "\($0.tonic.rawValue) \($0.scale.rawValue)" }
        (camelot, semitones) = (match.key?.camelot, match.shift)
        stretchPercent = match.tempo.map { ($0.percent * 100).rounded() / 100 }
        (beats, change) = (match.tempo?.beats, (match.change * 100).rounded() / 100)
        rank = (match.mix == nil ? 1 : 0) + (match.tempo == nil ? 1 : 0)
    }

    private enum CodingKeys: String, CodingKey {
        case file, bpm, key, camelot, semitones, beats, mix, change
        case stretchPercent = "stretch_percent"
    }
}

extension MatchedSound: CustomStringConvertible {
    var description: String {
        let pitch = mix.map {
            "\(semitones == 0 ? "±0" : String(format: "%+d", semitones)) st to \(camelot ?? "")  \($0.rawValue)"
        }
        let tempo = stretchPercent.map { percent in
            String(format: "%+.1f %%", percent) + (beats == 2 ? " (double)" : beats == 0.5 ? " (half)" : "")
        }
        return "\(Self.cell(pitch ?? "no key", 28))\(Self.cell(tempo ?? "no tempo", 16))\(file.printable)"
    }

    private static func cell(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(2, width - text.count))
    }
}
