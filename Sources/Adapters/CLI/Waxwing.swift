import ArgumentParser

@main
struct Waxwing: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "waxwing",
        abstract:
            "Analyse, draw, level, cut and compare samples and songs, load hardware samplers, run the service around it.",
        discussion: """
            Examples:
              waxwing analyze ~/Samples --csv > samples.csv
              waxwing waveform song.mp3 -o song.png
              waxwing normalize song.wav --lufs -14 -o song-14.wav
              waxwing slice break.wav --onsets -o hits
              waxwing similar kick.wav ~/Samples
              waxwing kit build ~/Samples -o kit.json
              waxwing export kit.json -o /media/SP404
              waxwing serve
              waxwing backup /backups/today
            """.reflowed,
        version: version,
        subcommands: [
            Analyze.self, DrawWaveform.self, DrawSpectrogram.self, Normalize.self, SliceCommand.self, Similar.self,
            Duplicates.self, Match.self, KitCommand.self, Export.self, SP404.self, Serve.self, Work.self,
            RemoteCommand.self, UsersCommand.self, KeysCommand.self, JobsCommand.self, ScheduleCommand.self,
            WorkflowCommand.self,
            BackupCommand.self, RestoreCommand.self, DatabaseCommand.self, ObjectsCommand.self, Plans.self,
            Version.self, AnalysisChild.self,
        ])
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the version.", discussion: "Example:\n  waxwing version")

    func run() {
        print("waxwing \(Waxwing.version)")
    }
}
