import Foundation
import Testing

@testable import waxwing

/// What pages tell people to type, and to set, is there.
@Suite struct DocumentationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardizedFileURL

    /// Every page that speaks to those who use the service, by its path.
    private static func pages() throws -> [(path: String, text: String)] {
        let below =
            FileManager.default.enumerator(atPath: root.appending(path: "Docs").path)?
            .compactMap { $0 as? String } ?? []
        // Decisions tell of their time.
        let docs = below.filter { $0.hasSuffix(".md") && !$0.hasPrefix("Decisions/") }.map { "Docs/\($0)" }
        let packaging = [
            "Dockerfile", "Packaging/compose.yaml", "Packaging/systemd/waxwing.service",
            "Packaging/systemd/waxwing-worker.service", "Packaging/systemd/waxwing.env",
        ]
        return try (["README.md", "CONTRIBUTING.md"] + docs.sorted() + packaging).map { path in
            (path, try String(contentsOf: root.appending(path: path), encoding: .utf8))
        }
    }

    private struct Tool: Decodable {
        struct Command: Decodable {
            struct Argument: Decodable {
                struct Name: Decodable { let name: String }
                let names: [Name]?
            }

            let commandName: String
            let subcommands: [Command]?
            let arguments: [Argument]?

            var options: Set<String> { Set((arguments ?? []).flatMap { ($0.names ?? []).map(\.name) } + ["help"]) }
        }

        let command: Command
    }

    /// What a page has people type: the words of a command as far as they are plain, and its long options.
    private struct Typed {
        let words: [String]
        let options: [String]
        let text: String
    }

    /// Between backquotes, and on lines of blocks.
    private static func typed(in text: String) -> [Typed] {
        var commands: [Substring] = []
        var isBlock = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isBlock.toggle()
            } else if isBlock {
                let command = line.trimmingCharacters(in: .whitespaces)
                if let found = command.firstMatch(of: /^(?:\$ |[A-Z0-9_]+=\S* |pass show \S+ \| )*(waxwing .*)$/) {
                    commands.append(Substring(String(found.1)))
                }
            } else {
                commands += line.matches(of: /`(?:[A-Z0-9_]+=[^ `]* )*(waxwing [^`]+)`/).map(\.1)
            }
        }
        return commands.map { command in
            // What is behind a pipe or another command is somebody else's.
            let own = command.prefix { !"|&;>#\\(".contains($0) }
            let words = own.split(separator: " ").dropFirst().map(String.init)
            return Typed(
                words: Array(words.prefix { $0.wholeMatch(of: /[a-z0-9-]+/) != nil && !$0.hasPrefix("-") }),
                options: words.compactMap { $0.firstMatch(of: /^--([a-z0-9-]+)/).map { String($0.1) } },
                text: String(command))
        }
    }

    @Test func `every command and option that a page names is one of the program's`() async throws {
        let dump = try await Program.run("--experimental-dump-help")
        let tool = try JSONDecoder().decode(Tool.self, from: Data(dump.output.utf8))
        var count = 0
        for (path, text) in try Self.pages() {
            for typed in Self.typed(in: text) {
                var (command, options) = (tool.command, tool.command.options)
                for (place, word) in typed.words.enumerated() {
                    guard let next = command.subcommands?.first(where: { $0.commandName == word }) else {
                        let takesWords = place > 0 && (command.subcommands ?? []).isEmpty
                        #expect(takesWords, "\(path): there is no '\(word)' in '\(typed.text)'")
                        break
                    }
                    command = next
                    options.formUnion(next.options)
                }
                for option in typed.options {
                    // Of a family of commands, as `waxwing users --json`, one of them may have it.
                    let known = options.union((command.subcommands ?? []).flatMap(\.options))
                    #expect(known.contains(option), "\(path): there is no --\(option) in '\(typed.text)'")
                }
                count += 1
            }
        }
        #expect(count > 200, "\(count)")
    }

    @Test func `every setting that a page names is one of the program's`() throws {
        // Of the tests and scripts alone.
        let others: Set = ["WAXWING_VECTORS", "WAXWING_STRICT", "WAXWING_ROUNDS"]
        var count = 0
        for (path, text) in try Self.pages() {
            for found in text.matches(of: /\b(?:WAXWING|STRIPE|S3|OPENROUTER|CLAUDE)_[A-Z0-9_]*[A-Z0-9]\b/) {
                let name = String(found.output)
                let isKnown = KnownSettings.names.contains(name) || others.contains(name)
                #expect(isKnown, "\(path): there is no setting \(name)")
                count += 1
            }
        }
        #expect(count > 200, "\(count)")
    }

    @Test func `every page that is linked to is there, and so is its section`() throws {
        for (path, text) in try Self.pages() where path.hasSuffix(".md") {
            let folder = Self.root.appending(path: path).deletingLastPathComponent()
            for found in text.matches(of: /\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/) {
                let target =
                    found.1.isEmpty
                    ? Self.root.appending(path: path) : folder.appending(path: String(found.1)).standardizedFileURL
                #expect(FileManager.default.fileExists(atPath: target.path), "\(path): \(found.0)")
                guard let section = found.2, target.pathExtension == "md" else { continue }
                let page = try String(contentsOf: target, encoding: .utf8)
                let sections = page.split(separator: "\n").filter { $0.hasPrefix("#") }.map(Self.anchor)
                #expect(sections.contains(String(section)), "\(path): \(found.0)")
            }
        }
    }

    /// As GitHub makes them.
    private static func anchor(_ heading: Substring) -> String {
        let words = heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
        return words.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
            .replacing(" ", with: "-")
    }

    @Test func `the page of secrets has every one that there is, and no other`() throws {
        let page = try String(contentsOf: Self.root.appending(path: "Docs/Secrets.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let secrets = (KnownSettings.all + CommandSetting.all).filter(\.isSecret).map(\.name)
        #expect(secrets.count > 12)
        for name in secrets + ["WAXWING_TLS_KEY"] {
            let row = rows.first { ($0.split(separator: "|").first ?? "").contains("`\(name)`") }
            #expect(row != nil, "\(name)")
        }
    }

    @Test func `what must be equal on all machines, and what is each one's own, is every setting`() throws {
        let page = try String(contentsOf: Self.root.appending(path: "Docs/Operating.md"), encoding: .utf8)
        // Not of a service on several machines, or told in the same breath as another.
        let elsewhere: Set = [
            "STRIPE_API_BASE", "WAXWING_PAYMENTS", "WAXWING_BYPASS_AUTH", "WAXWING_OPENID_LINK_EMAILS",
            "S3_SESSION_TOKEN",
            "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "S3_ADDRESSING", "WAXWING_CONFIG", "WAXWING_METRICS_TOKEN",
            "WAXWING_TLS_KEY",
        ]
        for setting in KnownSettings.all where !elsewhere.contains(setting.name) {
            #expect(page.contains("`\(setting.name)`"), "\(setting.name)")
        }
    }
}
