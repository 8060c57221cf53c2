import ArgumentParser
import AudioCore
import Foundation

/// `waxwing kit show`: the pads of a kit as they lie on the unit, and why.
struct KitShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what the pads of a kit play, and why.",
        discussion: """
            Draws each bank as its pads lie on the unit, pad 1 at the top left and 16 at the bottom right, as wide as the
            terminal, then lists them with the reason of each choice.

            Examples:
              waxwing kit show kit.json
              waxwing kit show kit.json --json | jq -r '.pads[].sample'
            """.reflowed)

    @Argument(help: "The kit file.", completion: .file())
    var file: String

    @Flag(help: "Print JSON, with every value.")
    var json = false

    @Option(help: "Columns to draw in, 60 to 200; by default those of the terminal.")
    var width: Int?

    func validate() throws {
        guard width.map({ (60...200).contains($0) }) ?? true else { throw ValidationError("--width is 60 to 200") }
    }

    func run() throws {
        do {
            let kit = try KitFile(path: file).read()
            if json { return write(String(decoding: try kit.json(), as: UTF8.self)) }
            write(KitPicture(kit, width: width ?? TerminalWidth.columns).text)
        } catch let problem as FileProblem {
            problem.report()
            throw ExitCode.someFailed
        }
    }
}

/// How wide the terminal is.
enum TerminalWidth {
    /// 60…200; 80 where standard output is no terminal.
    static var columns: Int {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return min(max(60, Int(size.ws_col)), 200)
    }
}
