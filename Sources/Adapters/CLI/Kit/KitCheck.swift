import ArgumentParser
import AudioCore
import Foundation

/// `waxwing kit check`: everything that is wrong with a kit.
struct KitCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with a kit, and what to do.",
        discussion: """
            Prints every problem with its pad and its remedy, one a line, and ends with exit code 1 if there is any. The
            samples are looked at too: whether they are there, and whether the places in them exist.

            Examples:
              waxwing kit check kit.json
              waxwing kit check *.json
            """.reflowed)

    @Argument(help: "Kit files.", completion: .file())
    var files: [String]

    @OptionGroup var batch: BatchOptions

    @OptionGroup var answer: AnswerOptions

    private struct Checked: Encodable {
        let file: String
        let pads: Int
        let problems: [String]
    }

    func run() throws {
        var (isGood, checked): (Bool, [Checked]) = (true, [])
        for path in files {
            do {
                let file = KitFile(path: path)
                let kit = try file.read()
                let problems = kit.problems(from: file.folder, ffmpeg: batch.decoder)
                isGood = isGood && problems.isEmpty
                checked.append(Checked(file: path, pads: kit.pads.count, problems: problems.map { "\($0)" }))
                if answer.json { continue }
                for problem in problems { write("\(path.printable): \("\(problem)".printable)\n") }
                if problems.isEmpty { write("\(path.printable): \(kit.pads.count) pads, nothing is wrong\n") }
            } catch let problem as FileProblem {
                problem.report()
                isGood = false
            }
        }
        if answer.json { JSONOutput.print(checked) }
        if !isGood { throw ExitCode.someFailed }
    }
}
