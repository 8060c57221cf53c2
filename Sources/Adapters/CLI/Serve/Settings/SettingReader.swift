/// Reads settings, and collects all that is wrong with them: whoever corrects one sees the others, too.
struct SettingReader {
    private let source: SettingSource
    private(set) var problems: [String]

    init(_ source: SettingSource) {
        (self.source, problems) = (source, source.problems)
    }

    /// Everything that is set, under its name.
    var all: [String: String] { source.merged }

    func isSet(_ setting: Setting<some Any>) -> Bool { source.value(setting.about) != nil }

    /// - Returns: nil for what is not set, or wrong.
    mutating func read<Value>(_ setting: Setting<Value>) -> Value? {
        guard let text = source.value(setting.about)?.text else { return nil }
        return attempt { try setting.parse(text) }
    }

    /// What several settings make together.
    mutating func attempt<Value>(_ work: () throws -> Value) -> Value? {
        do {
            return try work()
        } catch {
            note("\(error)")
            return nil
        }
    }

    mutating func note(_ problem: String) {
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// - Throws: ``SettingProblems``, if anything was wrong.
    func finish() throws {
        guard problems.isEmpty else { throw SettingProblems(sentences: problems) }
    }
}

/// Why nothing starts: a sentence for each setting that is wrong.
struct SettingProblems: Error, CustomStringConvertible {
    let sentences: [String]

    var description: String { sentences.joined(separator: "\n") }
}
