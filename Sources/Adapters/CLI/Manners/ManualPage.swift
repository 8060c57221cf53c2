import ArgumentParser
import Foundation

/// `waxwing(1)`, written from the same declarations that parse the command line.
struct ManualPage {
    let text: String

    init(describing root: any ParsableCommand.Type, version: String) throws {
        let tool = try JSONDecoder().decode(Tool.self, from: Data(root._dumpHelp().utf8))
        let name = tool.command.commandName
        var page = Roff()
        page.macro("TH", name.uppercased(), "1", "", "\(name) \(version)", "")
        page.macro("SH", "NAME")
        page.line("\(name) - \(Self.withoutStop(tool.command.abstract ?? name))")
        page.macro("SH", "SYNOPSIS")
        page.macro("B", name)
        page.line("COMMAND [OPTION]... [ARGUMENT]...")
        page.macro("SH", "DESCRIPTION")
        page.text(tool.command.discussion ?? "")
        page.macro("SH", "COMMANDS")
        for command in tool.command.shown { Self.add(command, named: [name], to: &page) }
        page.macro("SH", "EXIT STATUS")
        for (code, meaning) in Self.exitCodes {
            page.macro("TP")
            page.macro("B", code)
            page.line(meaning)
        }
        text = page.text
    }

    private static func add(_ command: Command, named parents: [String], to page: inout Roff) {
        let names = parents + [command.commandName]
        page.macro("SS", names.joined(separator: " ") + command.usage)
        if let abstract = command.abstract { page.line(abstract) }
        for argument in command.shownArguments {
            page.macro("TP")
            page.macro("B", argument.title)
            page.line(argument.meaning)
        }
        if let discussion = command.discussion {
            page.macro("PP")
            page.text(discussion)
        }
        for command in command.shown { add(command, named: names, to: &page) }
    }

    private static func withoutStop(_ text: String) -> String { text.hasSuffix(".") ? String(text.dropLast()) : text }

    private static let exitCodes = [
        ("0", "Done."), ("1", "Something could not be done; it is named on standard error, all else was done."),
        ("64", "The command line is wrong."), ("69", "The service did not answer."),
        ("74", "What was to be printed could not be written."), ("76", "What answered is no service of this kind."),
        ("77", "The API key is missing, dead, or not good for that."), ("78", "A setting is wrong."),
        ("130", "Control-C."),
    ]
}

/// What the parser tells of itself, as far as a manual needs it.
private struct Tool: Decodable {
    let command: Command
}

private struct Command: Decodable {
    let commandName: String
    let shouldDisplay: Bool?
    let abstract: String?
    let discussion: String?
    let subcommands: [Command]?
    let arguments: [Argument]?

    var shown: [Command] { (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" } }

    var shownArguments: [Argument] {
        (arguments ?? []).filter {
            $0.shouldDisplay && $0.abstract != nil && !["help", "version"].contains($0.valueName)
        }
    }

    var usage: String {
        (arguments ?? []).filter { $0.kind == "positional" && $0.shouldDisplay }.map { " " + $0.title }.joined()
    }
}

private struct Argument: Decodable {
    struct Name: Decodable {
        let kind: String
        let name: String
    }

    let kind: String
    let shouldDisplay: Bool
    let isOptional: Bool
    let isRepeating: Bool
    let names: [Name]?
    let valueName: String?
    let abstract: String?
    let defaultValue: String?

    var title: String {
        let value = valueName ?? ""
        guard kind != "positional" else { return (isRepeating ? "\(value)..." : value).uppercased() }
        let written = (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }.joined(separator: ", ")
        return kind == "flag" ? written : "\(written) \(value.uppercased())"
    }

    var meaning: String { (abstract ?? "") + (defaultValue.map { " (\($0))" } ?? "") }
}

/// Text for `man`. What could be read as a command of it is not.
private struct Roff {
    private(set) var text = ""

    mutating func macro(_ name: String, _ arguments: String...) {
        let quoted = arguments.map { " \"\(Self.escaped($0).replacing("\"", with: "\\(dq"))\"" }
        text += ".\(name)\(quoted.joined())\n"
    }

    mutating func line(_ line: String) {
        let escaped = Self.escaped(line)
        // A control character at the start of a line makes a request of it.
        text += (escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" : "") + escaped + "\n"
    }

    /// Paragraphs, and indented lines as they stand.
    mutating func text(_ paragraphs: String) {
        var isExample = false
        for text in paragraphs.split(separator: "\n", omittingEmptySubsequences: false) {
            let indented = text.hasPrefix(" ")
            if indented != isExample { macro(indented ? "EX" : "EE") }
            isExample = indented
            if text.isEmpty { macro("PP") } else { line(String(text)) }
        }
        if isExample { macro("EE") }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("^", with: "\\(ha")
            .replacing("~", with: "\\(ti").replacing("`", with: "\\(ga")
    }
}
