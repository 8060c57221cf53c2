import ArgumentParser

@main
struct Waxwing: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "waxwing",
        abstract: "Tempo, key, loudness and timbre of samples and songs; and the service around it.",
        discussion: """
            Examples:
              waxwing analyze loop.wav
              waxwing analyze ~/Samples --csv > samples.csv
              waxwing serve
            """,
        version: version,
        subcommands: [
            Analyze.self, DrawWaveform.self, DrawSpectrogram.self, Normalize.self, SliceCommand.self, Similar.self,
            Duplicates.self, Match.self, Serve.self, Work.self, Plans.self, Version.self, AnalysisChild.self,
        ])
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the version.", discussion: "Example:\n  waxwing version")

    func run() {
        print("waxwing \(Waxwing.version)")
    }
}
