import ArgumentParser
import AudioCore
import Foundation

/// `waxwing kit build`: a kit out of a folder of sounds.
struct KitBuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Choose sounds for the pads of a kit.",
        discussion: """
            Pads 1 to 4 of a bank get loops of 3 s and more, 5 to 8 notes and noises, 9 to 12 claps, toms, percussion and
            cymbals, 13 a kick, 14 a snare, 15 a closed and 16 an open hat. Each takes the sound that is most surely that,
            goes with the tempo and the key of the rest, and is unlike what was chosen before; the kit says why. Loud
            sounds are lowered to the quiet ones. The same sounds and the same --seed give the same kit.

            With --from a sound is put where its like belongs, and the others are chosen to go with it. With --complete
            the pads of a kit stay as they are, and its empty ones are filled.

            Examples:
              waxwing kit build ~/Samples -o kit.json
              waxwing kit build ~/Loops ~/Drums -o kit.json --bpm 92 --banks 3
              waxwing kit build ~/Samples -o other.json --seed 7
              waxwing kit build ~/Samples -o kit.json --from bassline.wav
              waxwing kit build ~/More -o full.json --complete kit.json
            """.reflowed)

    @Argument(help: "Files and folders to choose from.", completion: .file())
    var paths: [String]

    @Option(name: [.short, .customLong("output")], help: "The kit file; - for standard output.", completion: .file())
    var output: String

    @Option(help: "Name of the kit, 1 to 31 ASCII characters; by default that of the first folder.")
    var name: String?

    @Option(help: "Beats per minute, 40 to 200; by default the median of the loops.")
    var bpm: Double?

    @Option(help: "0 takes the best sound for each pad, any other number picks among the good ones.")
    var seed: UInt64 = 0

    @Option(help: "How many banks to fill, 1 to 10.")
    var banks = 1

    @Option(help: "What the kit is for: sp404mkii, 16 pads a bank, or sp404sx, 12.")
    var device = KitDevice.sp404mkii

    @Option(help: "A sound that the others are to go with.", completion: .file())
    var from: String?

    @Option(help: "A kit whose empty pads are to be filled.", completion: .file())
    var complete: String?

    @Flag(help: "Replace the kit file.")
    var force = false

    @OptionGroup var batch: BatchOptions

    @OptionGroup var answer: AnswerOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder to choose from") }
        if answer.json, output == "-" { throw ValidationError("-o - and --json exclude each other: both are JSON") }
        guard (1...PadAddress.banks).contains(banks) else { throw ValidationError("--banks is 1 to 10") }
        guard bpm.map({ Kit.tempi.contains($0) }) ?? true else { throw ValidationError("--bpm is 40 to 200") }
        guard from.map({ !$0.isFolder }) ?? true else { throw ValidationError("--from is one file") }
        guard name.map({ Kit(name: $0).problems.isEmpty }) ?? true else {
            throw ValidationError("--name is 1 to 31 ASCII characters")
        }
    }

    func run() async throws {
        do {
            try await build()
        } catch let problem as FileProblem {
            problem.report()
            throw ExitCode.someFailed
        }
    }

    private func build() async throws {
        let found = AudioFinder.find(paths)
        try checkOutput(sounds: found.files)
        let kept = try complete.map { try KitFile(path: $0).readResolved() }
        let more = (kept?.pads.map(\.sample) ?? []) + (from.map { [$0.absolutePath] } ?? [])
        var files = FileBatch(
            (found.files.map(\.absolutePath) + more).uniqued, problems: found.problems, atOnce: batch.jobs)
        var sounds: [KitCandidate] = []
        let decoder = batch.decoder
        await files.run {
            try KitCandidate(path: $0, ffmpeg: decoder)
        } each: {
            sounds.append($1)
        }
        do { try files.end() } catch let code as ExitCode where code.rawValue == 130 { throw code } catch {}
        // Why there is none was told file by file.
        guard !sounds.isEmpty else { throw ExitCode.someFailed }
        let built = try chosen(from: sounds, completing: kept)
        if output == "-" {
            write(String(decoding: try built.kit.json(), as: UTF8.self))
        } else {
            try KitFile(path: output).write(built.kit, force: force)
        }
        KitBuildReport(built, from: sounds.count, file: output).show(isJSON: answer.json)
        try files.end()
    }

    private func chosen(from sounds: [KitCandidate], completing kept: Kit?) throws -> BuiltKit {
        let middle = from?.absolutePath
        let around = sounds.first { $0.sample == middle }
        if middle != nil, around == nil { throw ExitCode.someFailed }  // Why was told when it was read.
        var builder = KitBuilder(name: name ?? (kept == nil ? usualName : nil), bpm: bpm, seed: seed, banks: banks)
        builder.fitsSX = device == .sp404sx
        do {
            return try builder.build(from: sounds, around: around, completing: kept)
        } catch {
            throw FileProblem(path: around?.sample ?? complete ?? output, error: error)
        }
    }

    /// Before anything is analysed: a minute's work is not to end in a refusal.
    private func checkOutput(sounds: [String]) throws {
        guard output != "-" else { return }
        let target = output.absolutePath
        if output.isFolder { throw FileProblem(path: output, reason: "it is a folder: name a file in it") }
        if sounds.contains(where: { $0.absolutePath == target }) || from?.absolutePath == target {
            throw FileProblem(path: output, reason: "it is one of the sounds: choose another name")
        }
        guard force || !FileManager.default.fileExists(atPath: target) else {
            throw FileProblem(path: output, reason: "it exists: choose another name, or replace it with --force")
        }
    }

    /// That of the first folder, as a unit can show it.
    private var usualName: String {
        let name = DeviceText((paths[0].absolutePath as NSString).lastPathComponent, length: 32).text
        return name.isEmpty ? "Kit" : name
    }
}

/// What a kit is for.
enum KitDevice: String, CaseIterable, ExpressibleByArgument {
    case sp404mkii, sp404sx
}
