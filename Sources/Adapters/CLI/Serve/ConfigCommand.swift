import ArgumentParser
import Foundation

/// The file that settings come from, for commands that run or look after the service.
struct ConfigOption: ParsableArguments {
    @Option(
        name: .customLong("config"), help: .init("A file of settings, instead of WAXWING_CONFIG's.", valueName: "file"),
        completion: .file())
    var config: String?
}

/// `waxwing config`: what is set, and what is wrong with it.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show all settings, where each comes from, and what is wrong.",
        discussion: """
            The environment goes before the file. Secrets are never shown, only that they are set. Ends with exit code 78 if
            the service would not start with these settings; each reason is a line on standard error.

            Examples:
              waxwing config
              waxwing config --config /etc/waxwing.env --json
            """.reflowed)

    @OptionGroup
    var file: ConfigOption

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print the table of all settings for people, in Markdown, whatever is set.")
    var markdown = false

    func run() async throws {
        if markdown { return write(KnownSettings.markdown) }
        let source = try SettingSource.ofProcess(file: file.config)
        let report = SettingReport(source)
        if json {
            JSONOutput.print(report)
        } else {
            write(report.text)
        }
        for warning in report.warnings { FileProblem(path: "warning", reason: warning).report() }
        for problem in report.problems { FileProblem(path: "settings", reason: problem).report() }
        if !report.problems.isEmpty { throw ExitCode.misconfigured }
    }
}

/// What is set, without a secret.
struct SettingReport: Encodable {
    struct Entry: Encodable {
        let name: String
        /// Nil where it is not set; `***` for a secret, and for what may hold one.
        @Null var value: String?
        /// `environment`, `default`, or the line of the file.
        let source: String
        let isSecret: Bool

        private enum CodingKeys: String, CodingKey {
            case name, value, source
            case isSecret = "secret"
        }
    }

    let settings: [Entry]
    let problems: [String]
    let warnings: [String]

    init(_ source: SettingSource) {
        settings = KnownSettings.all.map { Entry($0, source) }
        warnings = source.warnings
        do {
            _ = try Settings(source)
            problems = []
        } catch let found as SettingProblems {
            problems = found.sentences
        } catch {
            problems = ["\(error)"]
        }
    }

    var text: String {
        var table = TextTable("VARIABLE", "VALUE", "FROM")
        for (entry, about) in zip(settings, KnownSettings.all) {
            let standard = about.standard.isEmpty ? "–" : about.standard.replacing("`", with: "")
            table.add([entry.name, entry.value ?? standard, entry.source])
        }
        return table.text
    }
}

extension SettingReport.Entry {
    fileprivate init(_ about: AboutSetting, _ source: SettingSource) {
        (name, isSecret) = (about.name, about.isSecret)
        guard let (text, place) = source.value(about) else {
            (_value, self.source) = (.init(wrappedValue: nil), "default")
            return
        }
        // What is wrong may be a secret that was put into the wrong place; so may what stands before a host.
        let isShown = !about.isSecret && (try? about.check(text)) != nil && !text.contains(/:\/\/[^\/]*@/)
        _value = .init(wrappedValue: isShown ? text.printable : "***")
        self.source =
            switch place {
            case .environment: "environment"
            case .file(let path, let line): "\(path.printable):\(line)"
            }
    }
}

/// Nil as `null`, not left out.
@propertyWrapper
struct Null<Value: Encodable>: Encodable {
    var wrappedValue: Value?

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

extension Null: Sendable where Value: Sendable {}
