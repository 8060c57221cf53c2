import ArgumentParser
import AudioCore

/// `waxwing sp404 extract`: a project as sounds and a kit.
struct SP404Extract: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Write a project's samples as WAV files, and kit.json.",
        discussion: """
            Files are called as the pads are. The samples are the project's own, bit for bit: 48 kHz, 16 bits. In
            kit.json places count in frames of 48 kHz. The folder appears whole, or not at all.

            Example:
              waxwing sp404 extract PROJECT_03 -o samples
            """.reflowed)

    @OptionGroup var conversion: ProjectConversion

    func run() async throws {
        let options = conversion.options
        try await conversion.run { project in
            let made = try project.extract(to: options.output, replacesExisting: options.replace)
            try options.report(made, "\(made.files.count - 1) WAV files and kit.json", of: project)
        } card: { card in
            let kit = try card.extract(to: options.output, replacesExisting: options.replace)
            try options.report("\(kit.pads.count) pads as files and kit.json", of: card)
        }
    }
}

/// `waxwing sp404 rebuild`: a project, read into values and written again.
struct SP404Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Read a project into values and write it again: the same bytes.",
        discussion: """
            Every file that is understood is parsed and written from what was parsed; chain, pictures and what is
            damaged or not known are copied. Compare with `diff -r`: this shows that nothing of a project is lost on
            its way through waxwing. Links are left out.

            Example:
              waxwing sp404 rebuild PROJECT_03 -o copy && diff -r PROJECT_03 copy
            """.reflowed)

    @OptionGroup var conversion: ProjectConversion

    func run() async throws {
        let options = conversion.options
        try await conversion.run { project in
            let made = try project.rebuild(to: options.output, replacesExisting: options.replace)
            let parsed = made.files.filter(\.isParsed).count
            let copied = made.files.count - parsed
            try options.report(made, "\(parsed) files written from values, \(copied) copied", of: project)
        } card: { card in
            let copied = try card.rebuild(to: options.output, replacesExisting: options.replace)
            try options.report("written from values, but for \(copied.count) files copied", of: card)
        }
    }
}

/// `waxwing sp404 midi`: a project's patterns for a sequencer.
struct SP404MIDI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "midi",
        abstract: "Write a project's patterns as MIDI files.",
        discussion: """
            A1.mid and so on, one for each pattern, at the tempo of its bank, 480 ticks a quarter. Notes are the
            unit's own: 47 is the first pad, banks A to E are on channel 1, F to J on channel 2.

            Example:
              waxwing sp404 midi PROJECT_03 -o midi
            """.reflowed)

    @OptionGroup var conversion: ProjectConversion

    func run() async throws {
        let options = conversion.options
        try await conversion.run { project in
            let made = try project.exportMIDI(to: options.output, replacesExisting: options.replace)
            try options.report(
                made, "\(made.files.count) \(made.files.count == 1 ? "pattern" : "patterns")", of: project)
        } card: { card in
            throw FileProblem(
                path: card.folder,
                reason: "patterns of an SP-404SX are not read, only carried along: name a project of an SP-404MKII")
        }
    }
}
