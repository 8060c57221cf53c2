import ArgumentParser
import AudioCore
import Foundation
import StrictJSON

/// What a path turned out to be.
enum SamplerFolder {
    /// Of an SP-404MKII.
    case project(Project)
    /// Of an SP-404SX or SP-404A.
    case card(SXCard)

    /// - Throws: `FileProblem` for a path that holds neither, several projects, or a damaged one.
    static func find(_ path: String) throws -> SamplerFolder {
        guard path.isFolder else { throw FileProblem(path: path, reason: "no such folder") }
        let folders = Project.folders(in: path)
        guard let first = folders.first else { return try card(path) }
        guard folders.count == 1 else {
            let list = folders.map { "\n  \($0.printable)" }.joined()
            throw FileProblem(path: path, reason: "\(folders.count) projects, name one of them:\(list)")
        }
        do {
            return .project(try Project(path: first))
        } catch {
            throw FileProblem(path: first, error: error)
        }
    }

    private static func card(_ path: String) throws -> SamplerFolder {
        guard SXCard.isThere(path) else {
            throw FileProblem(
                path: path,
                reason: "neither PADCONF.BIN nor an SP-404SX folder in it: name a project's folder, or a card with one")
        }
        do {
            return .card(try SXCard(path: path))
        } catch {
            throw FileProblem(path: path, error: error)
        }
    }
}

/// The project that a command is given.
struct ProjectArgument: ParsableArguments {
    @Argument(
        help: "A project's folder, a card with one project, or the card of an SP-404SX.", completion: .directory)
    var project: String

    /// Does something with it; a failure is named, with exit code 1. Control-C stops it, and takes away what is half
    /// done.
    func use(_ body: @escaping @Sendable (SamplerFolder) throws -> Void) async throws {
        let interruption = Interruption()
        let work = Task { [project] in try body(SamplerFolder.find(project)) }
        interruption.react { work.cancel() }
        do {
            try await work.value
        } catch is CancellationError {
            throw ExitCode.interrupted
        } catch let error as ExitCode {
            throw error
        } catch SamplerError.exists(let path) {
            FileProblem(path: path, reason: "it exists: choose another folder, or keep it as a backup with --replace")
                .report()
            throw ExitCode.someFailed
        } catch {
            FileProblem(path: project, error: error).report()
            throw ExitCode.someFailed
        }
    }
}

/// A folder that is read and one that is made of it.
struct ProjectConversion: ParsableArguments {
    @OptionGroup var argument: ProjectArgument
    @OptionGroup var options: ProjectOutputOptions

    /// Does what the kind of folder asks for.
    func run(
        project: @escaping @Sendable (Project) throws -> Void, card: @escaping @Sendable (SXCard) throws -> Void
    ) async throws {
        let (source, options) = (argument.project, options)
        try await argument.use { found in
            try options.check(against: source)
            switch found {
            case .project(let found): try project(found)
            case .card(let found): try card(found)
            }
        }
    }
}

/// Where a command that makes a folder puts it.
struct ProjectOutputOptions: ParsableArguments {
    @Option(name: [.short, .customLong("output")], help: "The new folder.", completion: .directory)
    var output: String

    @Flag(help: "If the folder exists, keep it under another name and make a new one.")
    var replace = false

    @OptionGroup var answer: AnswerOptions

    func validate() throws {
        guard !output.isEmpty else { throw ValidationError("-o needs the name of a folder") }
    }

    /// A folder that holds what is read must not be moved away.
    func check(against source: String) throws {
        let (source, target) = (source.absolutePath, output.absolutePath)
        guard source == target || source.isBelow(target) else { return }
        throw FileProblem(path: output, reason: "what is read is in it: choose another folder")
    }

    /// Says what was made of the card of an SP-404SX.
    ///
    /// - Throws: `ExitCode` 1 if something is wrong with it.
    func report(_ what: String, of card: SXCard) throws {
        answer.tell("\(output.printable): \(what)", record(what, problems: card.problems.map { "\($0)" }))
        for problem in card.problems { FileProblem(path: card.folder, reason: "\(problem)".printable).report() }
        if !card.problems.isEmpty { throw ExitCode.someFailed }
    }

    /// Says what was made, and what was left out.
    ///
    /// - Throws: `ExitCode` 1 if files are damaged.
    func report(_ made: ProjectOutput, _ what: String, of project: Project) throws {
        let backup = made.backup.map { "\nwhat was there is now \($0.printable)" } ?? ""
        answer.tell(
            "\(output.printable): \(what)\(backup)",
            record(what, backup: made.backup, problems: project.problems.map { "\($0)" }))
        for problem in project.problems { FileProblem(path: project.path, reason: "\(problem)".printable).report() }
        if !project.isSound { throw ExitCode.someFailed }
    }

    private func record(_ what: String, backup: String? = nil, problems: [String]) -> JSONValue {
        [
            "folder": .string(output), "made": .string(what), "backup": backup.map(JSONValue.string) ?? .null,
            "problems": .array(problems.map(JSONValue.string)),
        ]
    }
}
