import Foundation

/// A file of settings: `NAME=value` a line, `#` before what is only for people.
///
/// `${NAME}` in a value stands for a variable of the environment, unless the value is in single quotes. Quotes around a value are
/// not part of it.
struct SettingFile: Sendable {
    static let largest = 1 << 20

    struct Line: Equatable, Sendable {
        let number: Int
        let text: String
    }

    let path: String
    /// By name.
    private(set) var lines: [String: Line] = [:]
    /// What cannot be read, each with its line; never with a value.
    private(set) var problems: [String] = []

    /// - Throws: ``StartError`` for a file that is not there, or is no text.
    init(path: String, _ environment: [String: String]) throws {
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: Self.largest + 1)
        else {
            throw StartError("the configuration file '\(path)' cannot be read: set WAXWING_CONFIG to one that is there")
        }
        guard data.count <= Self.largest, let text = String(validating: data, as: UTF8.self) else {
            throw StartError(
                "the configuration file '\(path)' is no text of at most \(Self.largest >> 20) MiB in UTF-8")
        }
        self.init(path: path, text: text, environment)
    }

    init(path: String, text: String, _ environment: [String: String]) {
        self.path = path
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            do throws(StartError) {
                try read(line.trimmingCharacters(in: .whitespaces), index + 1, environment)
            } catch {
                problems.append("line \(index + 1) of \(path): \(error.description)")
            }
        }
    }

    private mutating func read(_ line: String, _ number: Int, _ environment: [String: String]) throws(StartError) {
        guard !line.isEmpty, !line.hasPrefix("#") else { return }
        guard let sign = line.firstIndex(of: "=") else { throw StartError("a line is NAME=value, or begins with '#'") }
        let name = line[..<sign].trimmingCharacters(in: .whitespaces)
        guard Self.isName(name) else { throw StartError("a name has letters, digits and '_' alone") }
        guard lines[name] == nil else { throw StartError("\(name) is set before: remove one of them") }
        let text = line[line.index(after: sign)...].trimmingCharacters(in: .whitespaces)
        lines[name] = Line(number: number, text: try Self.value(text, environment))
    }

    private static func value(_ text: String, _ environment: [String: String]) throws(StartError) -> String {
        guard let quote = text.first, quote == "\"" || quote == "'" else { return try filled(text, environment) }
        guard text.count >= 2, text.last == quote, !text.dropFirst().dropLast().contains(quote) else {
            throw StartError("a value that begins with \(quote) ends with it, and has none between")
        }
        let inner = String(text.dropFirst().dropLast())
        return quote == "'" ? inner : try filled(inner, environment)
    }

    /// What is put in is not looked at again.
    private static func filled(_ text: String, _ environment: [String: String]) throws(StartError) -> String {
        var (rest, filled) = (text[...], "")
        while let start = rest.range(of: "${") {
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw StartError("'${' needs a '}'; in single quotes it stands for itself")
            }
            let name = String(rest[start.upperBound..<end])
            guard isName(name) else { throw StartError("${…} holds a name, of letters, digits and '_' alone") }
            guard let value = environment[name] else { throw StartError("${\(name)} is not set in the environment") }
            filled += rest[..<start.lowerBound] + value
            rest = rest[rest.index(after: end)...]
        }
        return filled + rest
    }

    private static func isName(_ text: String) -> Bool {
        text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,127}/) != nil
    }
}
