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

            For an SP-404SX the same kit becomes the WAV files and PAD_INFO.BIN of its 120 pads; for import, sounds are
            sorted into folders of IMPORT, from which a unit loads them one by one.

            Examples:
              waxwing export kit.json -o /media/SP404
              waxwing export kit.json -o /media/SP404 --project 3 --replace
              waxwing export ~/Loops --name Loops --bpm 92.5 -o /media/SP404 --dry-run
              waxwing export kit.json --device sp404sx -o /media/SX
              waxwing export ~/Samples --device import --layout tempo -o /media/SP404
            """.reflowed)

    @Argument(help: "A kit (.json), or files and folders of sounds.", completion: .file())
    var paths: [String]

    @Option(help: "What the card is for: \(ExportDevice.allValueStrings.joined(separator: ", ")).")
    var device = ExportDevice.sp404mkii

    @Option(
        name: [.short, .customLong("output")], help: "The folder where the card is mounted.", completion: .directory)
    var output: String

    @Option(help: "Number of the project, 1 to 16; 1 if none is given.")
    var project: Int?

    @Option(
        help: """
            Where on the card: export is played from it (a project's default), import is listed for importing, roland \
            is the unit's own (an SP-404SX's default).
            """)
    var place: ExportPlace?

    @Option(help: "Folders of IMPORT: \(ImportLayout.allValueStrings.joined(separator: ", ")).")
    var layout: ImportLayout?

    @Option(help: "Files of IMPORT: \(ImportPlan.Format.allValueStrings.joined(separator: " or ")).")
    var format: ImportPlan.Format?

    @Option(help: "Name of the project or folder; the kit's, or that of the folder named.")
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
        guard !output.isEmpty else { throw ValidationError("-o needs the folder of a card") }
        try checkDevice()
        guard project.map(ProjectPlan.numbers.contains) ?? true else {
            throw ValidationError("--project is 1 to 16")
        }
        if let bpm {
            guard Kit.tempi.contains(bpm) else { throw ValidationError("--bpm is 40 to 200") }
        }
    }

    /// An option that the device has no use for is a mistake.
    private func checkDevice() throws {
        let others: [(name: String, isGiven: Bool, devices: [ExportDevice])] = [
            ("--project", project != nil, [.sp404mkii]), ("--place", place != nil, [.sp404mkii, .sp404sx]),
            ("--bpm", bpm != nil, [.sp404mkii, .sp404sx]), ("--layout", layout != nil, [.import]),
            ("--format", format != nil, [.import]),
        ]
        for option in others where option.isGiven && !option.devices.contains(device) {
            let devices = option.devices.map(\.rawValue).joined(separator: " or ")
            throw ValidationError("\(option.name) is for --device \(devices)")
        }
    }

    func run() async throws {
        let sounds = try ExportSounds(paths, name: name, bpm: bpm, card: output)
        do {
            switch device {
            case .sp404mkii:
                let kit = try sounds.kit(on: PadAddress.all)
                let plan = try ProjectPlan(
                    kit, from: sounds.base, number: project ?? 1, at: place?.ofProject() ?? .export, options: options)
                try await carryOut(plan, of: kit, sounds)
            case .sp404sx:
                let kit = try sounds.kit(on: PadAddress.allOnSX)
                let plan = try SXCardPlan(kit, from: sounds.base, at: place?.ofSX() ?? .roland, options: options)
                try await carryOut(plan, of: kit, sounds)
            case .import:
                try await carryOut(try await importPlan(sounds), of: nil, sounds)
            }
        } catch SamplerError.unusableKit(let problems) {
            for problem in problems { FileProblem(path: sounds.title, reason: problem.description).report() }
            throw ExitCode.someFailed
        } catch SamplerError.exists(let path) {
            throw OutputProblem(
                "'\(path.printable)' exists: --replace keeps it as a backup, \(other) takes another place")
        }
    }

    /// What gives the output another name.
    private var other: String {
        switch device {
        case .sp404mkii: "--project"
        case .sp404sx: "--place"
        case .import: "--name"
        }
    }

    private func importPlan(_ sounds: ExportSounds) async throws -> ImportPlan {
        let layout = layout ?? (sounds.kit == nil ? .flat : .kit)
        let facts = try await layout.needsAnalysis ? self.facts(of: sounds) : [:]
        if let kit = sounds.kit {
            return try ImportPlan(kit, from: sounds.base, layout: layout, format: format ?? .wav, options: options) {
                facts[$0] ?? SoundFacts()
            }
        }
        let files = sounds.files.map { ImportSound($0, facts: facts[$0] ?? SoundFacts()) }
        return ImportPlan(files, name: sounds.name, layout: layout, format: format ?? .wav, options: options)
    }

    /// By path. A sound that cannot be analysed is told of when it is converted.
    private func facts(of sounds: ExportSounds) async throws -> [String: SoundFacts] {
        let paths = sounds.kit.map { kit in Set(kit.pads.map { $0.path(from: sounds.base) }).sorted() } ?? sounds.files
        let decoder = batch.decoder
        var (facts, progress, index) = ([String: SoundFacts](), Progress(total: paths.count), 0)
        let interruption = Interruption()
        let results = FileBatch.results(of: paths, atOnce: batch.jobs, until: interruption) { path in
            SoundFacts(try AudioAnalysis.analyze(path: path, ffmpeg: decoder))
        }
        for await result in results {
            facts[paths[index]] = try? result.get()
            index += 1
            progress.advance()
        }
        progress.clear()
        if interruption.isRequested { throw ExitCode.interrupted }
        return facts
    }

    private var options: CardOptions {
        var options = CardOptions()
        (options.lengthensShort, options.ffmpeg) = (lengthen, batch.decoder)
        return options
    }

    /// - Parameter kit: whose places are compared with its samples; `nil` where how pads play does not matter.
    private func carryOut(_ plan: some CardPlan, of kit: Kit?, _ sounds: ExportSounds) async throws {
        let card = try Card(path: output, isMade: true)
        let target = "\(card.path)/\(plan.folder)"
        if !replace, !dryRun, FileManager.default.fileExists(atPath: target) { throw SamplerError.exists(path: target) }
        let check = CardCheck(plan, on: card, kit: kit, from: sounds.base, options: options)
        guard check.problems.isEmpty else { throw SamplerError.unusableKit(check.problems) }
        var report = ExportReport(sounds.name, kit?.bpm, plan, check, card)
        if !dryRun {
            try card.checkRoom(for: check.bytes)
            var export = CardExport(
                plan, check, in: try CardFolder(path: target, replacesExisting: replace), sounds, atOnce: batch.jobs)
            report.done = try await export.run()
            report.print(isJSON: json)
            if export.hasFailures { throw ExitCode.someFailed }
        } else {
            report.print(isJSON: json)
            for problem in plan.problems + plan.omissions + check.items.flatMap(\.problems) {
                FileProblem(path: sounds.title, reason: problem.description).report()
            }
            if sounds.hasProblems || !plan.omissions.isEmpty || !check.items.allSatisfy(\.problems.isEmpty)
                || check.bytes > card.freeBytes
            {
                throw ExitCode.someFailed
            }
        }
    }
}
