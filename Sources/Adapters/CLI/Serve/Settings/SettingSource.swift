import Foundation

/// What is set: by the environment, and where that says nothing by a file.
struct SettingSource: Sendable {
    enum Place: Equatable, Sendable {
        case environment
        case file(String, line: Int)
    }

    private let environment: [String: String]
    private let file: SettingFile?

    init(_ environment: [String: String], _ file: SettingFile? = nil) {
        (self.environment, self.file) = (environment, file)
    }

    /// That of this process.
    ///
    /// - Parameter path: of the file; nil for the one that `WAXWING_CONFIG` names, if it names one.
    /// - Throws: ``StartError`` for a file that cannot be read.
    static func ofProcess(
        _ environment: [String: String] = ProcessInfo.processInfo.environment, file path: String? = nil
    ) throws -> SettingSource {
        guard let path = path ?? environment[ProcessSetting.config.about.name], !path.isEmpty else {
            return SettingSource(environment)
        }
        return SettingSource(environment, try SettingFile(path: path, environment))
    }

    /// What is empty is not set.
    func value(_ about: AboutSetting) -> (text: String, place: Place)? {
        let names = [about.name] + about.aliases
        if let text = names.lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) {
            return (text, .environment)
        }
        guard let file, let line = names.lazy.compactMap({ file.lines[$0] }).first(where: { !$0.text.isEmpty }) else {
            return nil
        }
        return (line.text, .file(file.path, line: line.number))
    }

    /// All of it, as if it were all in the environment: for what reads names of other programs, too.
    var merged: [String: String] {
        let lines = file?.lines.mapValues(\.text) ?? [:]
        return environment.filter { !$0.value.isEmpty }.merging(lines) { own, _ in own }
    }

    /// Lines that nobody reads, and lines that are none.
    var problems: [String] {
        guard let file else { return [] }
        let unknown = file.lines.filter { !KnownSettings.names.contains($0.key) }.sorted {
            $0.value.number < $1.value.number
        }
        return file.problems
            + unknown.map { "line \($0.value.number) of \(file.path): \(Self.unknown($0.key))" }
    }

    /// Names that look as if they were meant for this program, which does not know them.
    var warnings: [String] {
        environment.filter {
            $0.key.hasPrefix("WAXWING_") && !$0.value.isEmpty && !KnownSettings.names.contains($0.key)
        }
        .keys.sorted().map(Self.unknown)
    }

    private static func unknown(_ name: String) -> String {
        let shown = name.printable.prefix(64)
        let nearest = KnownSettings.nearest(to: name).map { "; did you mean \($0)?" } ?? ""
        return "there is no setting \(shown)\(nearest)"
    }
}
