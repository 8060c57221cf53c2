import ArgumentParser
import AudioCore

/// `waxwing sp404 inspect`: what a project plays, and what is wrong with it.
struct SP404Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show pads, patterns and problems of a project.",
        discussion: """
            Everything that is wrong is told, not the first. Exit code 1 if a file is damaged or missing or a value is
            one that the unit does not take; oddities alone are no failure.

            Examples:
              waxwing sp404 inspect PROJECT_03
              waxwing sp404 inspect PROJECT_03 --patterns
              waxwing sp404 inspect /media/card --json > project.json
            """.reflowed)

    @OptionGroup var argument: ProjectArgument

    @Flag(help: "Draw the patterns, a row for each pad, a cell for each sixteenth.")
    var patterns = false

    @Flag(help: "Print every field of all pads, and every event, as JSON.")
    var json = false

    func run() async throws {
        try await argument.use { found in
            switch found {
            case .project(let project):
                if json {
                    JSONOutput.print(ProjectRecord(project))
                } else {
                    write(ProjectTable(project).text)
                    if patterns { draw(project) }
                }
                if !project.isSound { throw ExitCode.someFailed }
            case .card(let card):
                if json { JSONOutput.print(card.inspection) } else { write(SXTable(card).text) }
                if !card.problems.isEmpty { throw ExitCode.someFailed }
            }
        }
    }

    private func draw(_ project: Project) {
        for address in project.patterns {
            guard let pattern = try? project.pattern(address) else { continue }
            let drawing = PatternDrawing(pattern)
            write("\nPattern \(address): \(drawing.summary)\n" + drawing.text)
        }
    }
}
