import ArgumentParser
import Foundation

/// What may be written beside plain text.
enum Terminal {
    /// Whether lines on standard error can be drawn over.
    static let draws = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
}

/// Whether a table has colours: `NO_COLOR` (no-color.org) and `TERM=dumb` say no, `--color` has the last word.
struct ColorOptions: ParsableArguments {
    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never

        func isOn(_ environment: [String: String], isTerminal: Bool) -> Bool {
            switch self {
            case .always: true
            case .never: false
            case .auto: isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
            }
        }
    }

    @Option(help: "Colours: auto (on a terminal, without NO_COLOR), always or never.")
    var color = Choice.auto

    var style: TextStyle {
        TextStyle(isOn: color.isOn(ProcessInfo.processInfo.environment, isTerminal: isatty(STDOUT_FILENO) == 1))
    }
}

struct TextStyle: Sendable {
    let isOn: Bool

    func bold(_ text: String) -> String { isOn ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    func red(_ text: String) -> String { isOn ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
}
