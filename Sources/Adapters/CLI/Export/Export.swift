import ArgumentParser
import AudioCore
import Foundation

/// `waxwing export`: a kit or sounds in, a folder on a sampler's card out.
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a kit, or sounds as they come, onto the card of a hardware sampler.",
        discussion: """
            Takes one kit (JSON), or sounds and folders of them: these go on pads A1, A2, … in order. All sounds are
            converted to what the device plays. The project appears on the card whole, or not at all; one that is
            there already is replaced only with --replace, and kept as a backup.

            A pad that does not fit is named with its reason and left out, the others go on; --dry-run tells all of it
            beforehand and writes nothing.

            Examples:
              waxwing export kit.json -o /media/SP404
              waxwing export kit.json -o /media/SP404 --project 3 --replace
              waxwing export ~/Loops --name Loops --bpm 92.5 -o /media/SP404 --dry-run
            """.reflowed)

    @Argument(help: "A kit (.json), or files and folders of sounds.", completion: .file())
    var paths: [String]

    @Option(help: "What the card is for: \(ExportDevice.allValueStrings.joined(separator: ", ")).")
    var device = ExportDevice.sp404mkii

    @Option(
        name: [.short, .customLong("output")], help: "The folder where the card is mounted.", completion: .directory)
    var output: String

    @Option(help: "Number of the project, 1 to 16.")
    var project = 1

    @Option(
        help:
            "Where on the card: export is played from the card, import is listed for importing, roland is the unit's own."
    )
    var place = ProjectPlan.Place.export

    @Option(help: "Name of the project; the kit's, or that of the folder.")
    var name: String?

    @Option(help: "Tempo of the project; the kit's, or 120.")
    var bpm: Double?

    @Flag(help: "Replace what is there; it is kept as a backup.")
    var replace = false

    @Flag(help: "Lengthen sounds shorter than 0.1 s with silence.")
    var lengthen = false

    @Flag(help: "Tell what would be written, and write nothing.")
    var dryRun = false

    @Flag(help: "Report as JSON.")
    var json = false

    @OptionGroup var batch: BatchOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name a kit, or at least one file or folder") }
        guard ProjectPlan.numbers.contains(project) else { throw ValidationError("--project is 1 to 16") }
        if let bpm {
            guard (40...200).contains(bpm) else { throw ValidationError("--bpm is 40 to 200") }
        }
    }

    func run() async throws {
        let sounds = try ExportSounds(paths, name: name, bpm: bpm, card: output)
        do {
            switch device {
            case .sp404mkii:
                let plan = try ProjectPlan(sounds.kit, from: sounds.base, number: project, at: place, options: options)
                try await carryOut(plan, sounds)
            }
        } catch SamplerError.unusableKit(let problems) {
            for problem in problems { FileProblem(path: sounds.title, reason: problem.description).report() }
            throw ExitCode(1)
        } catch SamplerError.exists(let path) {
            throw OutputProblem(
                "'\(path.printable)' exists: --replace keeps it as a backup, --project takes another number")
        }
    }

    private var options: CardOptions {
        var options = CardOptions()
        (options.lengthensShort, options.ffmpeg) = (lengthen, batch.decoder)
        return options
    }

    private func carryOut(_ plan: some CardPlan, _ sounds: ExportSounds) async throws {
        let card = try Card(path: output)
        let target = "\(card.path)/\(plan.folder)"
        if !replace, !dryRun, FileManager.default.fileExists(atPath: target) { throw SamplerError.exists(path: target) }
        let check = CardCheck(plan, on: card, kit: sounds.kit, from: sounds.base, options: options)
        guard check.problems.isEmpty else { throw SamplerError.unusableKit(check.problems) }
        var report = ExportReport(sounds.kit, plan, check, card)
        if !dryRun {
            try card.checkRoom(for: check.bytes)
            var export = CardExport(
                plan, check, in: try CardFolder(path: target, replacesExisting: replace), sounds, atOnce: batch.jobs)
            report.done = try await export.run()
            report.print(isJSON: json)
            if export.hasFailures { throw ExitCode(1) }
        } else {
            report.print(isJSON: json)
            for problem in check.items.flatMap(\.problems) {
                FileProblem(path: sounds.title, reason: problem.description).report()
            }
            if sounds.hasProblems || !check.items.allSatisfy(\.problems.isEmpty) || check.bytes > card.freeBytes {
                throw ExitCode(1)
            }
        }
    }
}

/// Which sampler a card is for.
enum ExportDevice: String, CaseIterable, ExpressibleByArgument {
    case sp404mkii
}

extension ProjectPlan.Place: ExpressibleByArgument {}
