import Foundation

/// One thing that an operator may set, by a variable of the environment or a line of the configuration file.
///
/// Declared once: what reads it, `waxwing config` and the README's table all come from here.
struct Setting<Value: Sendable>: Sendable {
    let about: AboutSetting
    /// - Throws: a sentence that names the variable; never with the value of a secret.
    let parse: @Sendable (String) throws -> Value
}

/// What there is to say of a setting.
struct AboutSetting: Sendable {
    let name: String
    /// Older or foreign names of the same; the first that is set counts.
    let aliases: [String]
    /// What holds where it is not set, in Markdown; empty for nothing.
    let standard: String
    /// In Markdown.
    let meaning: String
    /// Never shown.
    let isSecret: Bool
    /// - Throws: what the setting's own parser throws.
    let check: @Sendable (String) throws -> Void
}

extension Setting {
    init(
        _ name: String, or aliases: String..., standard: String = "", isSecret: Bool = false, _ meaning: String,
        parse: @escaping @Sendable (String) throws -> Value
    ) {
        about = AboutSetting(
            name: name, aliases: aliases, standard: standard, meaning: meaning, isSecret: isSecret,
            check: { _ = try parse($0) })
        self.parse = parse
    }
}

extension Setting where Value == String {
    /// Any text; what it must be is decided with others.
    init(_ name: String, or alias: String? = nil, standard: String = "", isSecret: Bool = false, _ meaning: String) {
        about = AboutSetting(
            name: name, aliases: alias.map { [$0] } ?? [], standard: standard, meaning: meaning, isSecret: isSecret,
            check: { _ in })
        parse = { $0 }
    }
}

extension Setting where Value == Int {
    init(_ name: String, in range: ClosedRange<Int>, standard: String, _ meaning: String) {
        self.init(name, standard: standard, meaning) { text in
            guard let number = Int(text), range.contains(number) else {
                throw SettingsError(
                    name: name, value: text, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }
}

extension Setting where Value == Bool {
    /// `on` or `off`, which it is where it is not set.
    init(switch name: String, _ meaning: String) {
        self.init(name, standard: "`off`", meaning) { text in
            guard let isOn = ["on": true, "off": false][text] else {
                throw SettingsError(name: name, value: text, expected: "'on' or 'off'")
            }
            return isOn
        }
    }
}

extension Setting where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a few words.
    init(choice name: String, standard: String, _ meaning: String) {
        self.init(name, standard: standard, meaning) { text in
            guard let choice = Value(rawValue: text) else {
                throw SettingsError(
                    name: name, value: text,
                    expected: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return choice
        }
    }
}

/// A value that is not what it must be, and may be shown.
struct SettingsError: Error, CustomStringConvertible {
    let name: String
    let value: String
    let expected: String

    var description: String { "\(name) is '\(value)', but must be \(expected)" }
}
