import ArgumentParser
import Foundation
import StrictJSON

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
              waxwing sync ~/Samples
              waxwing serve
              waxwing backup /backups/today
            """.reflowed,
        version: version,
        subcommands: [
            Analyze.self, DrawWaveform.self, DrawSpectrogram.self, Normalize.self, SliceCommand.self, Similar.self,
            Duplicates.self, Match.self, KitCommand.self, Export.self, SP404.self, Serve.self, Work.self,
            ConfigCommand.self, DoctorCommand.self,
            LoginCommand.self, LogoutCommand.self, WhoamiCommand.self, UploadCommand.self, SyncCommand.self,
            SamplesCommand.self, KitsCommand.self, UsersCommand.self, KeysCommand.self, JobsCommand.self,
            ScheduleCommand.self,
            WorkflowCommand.self,
            BackupCommand.self, RestoreCommand.self, DatabaseCommand.self, StoreCommand.self, Plans.self,
            UsageCommand.self, WebhooksCommand.self, DevelopmentCommand.self,
            CompletionsCommand.self, ManualCommand.self, Version.self, AnalysisChild.self,
        ])

    /// As every command's `main`, but for errors that have an exit code of their own.
    static func main() async {
        do {
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as any ExitCoded {
            FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
            Foundation.exit(error.exitCode.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the version.", discussion: "Example:\n  waxwing version")

    @OptionGroup var answer: AnswerOptions

    func run() {
        answer.tell("waxwing \(Waxwing.version)", ["version": .string(Waxwing.version)])
    }
}
