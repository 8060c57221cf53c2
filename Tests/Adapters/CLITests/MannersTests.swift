import Foundation
import StorageTestKit
import Testing

@testable import waxwing

/// What holds for all commands alike.
@Suite struct MannersTests {
    private struct Tool: Decodable {
        struct Command: Decodable {
            let commandName: String
            let abstract: String?
            let shouldDisplay: Bool?
            let subcommands: [Command]?
            let arguments: [Argument]?

            var takesJSON: Bool { arguments?.contains { $0.names?.contains { $0.name == "json" } ?? false } ?? false }
        }

        struct Argument: Decodable {
            struct Name: Decodable {
                let name: String
            }

            let names: [Name]?
        }

        let command: Command
    }

    /// All commands that are shown, by their names from the first on.
    private func described() async throws -> [(name: [String], command: Tool.Command)] {
        let dump = try await Program.run("--experimental-dump-help")
        func all(_ command: Tool.Command, _ name: [String]) -> [(name: [String], command: Tool.Command)] {
            (command.subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
                .flatMap { [(name + [$0.commandName], $0)] + all($0, name + [$0.commandName]) }
        }
        let root = try JSONDecoder().decode(Tool.self, from: Data(dump.output.utf8)).command
        return [([], root)] + all(root, [])
    }

    private func commands() async throws -> [[String]] { try await described().map(\.name) }

    @Test func `every command that says something says it as JSON, too`() async throws {
        // A picture or a file of the name that is given, what runs on, and what a shell or a reader of manuals takes.
        let silent: Set = [
            "waveform", "spectrogram", "serve", "worker", "plans template", "completions", "manual",
        ]
        for (name, command) in try await described()
        where (command.subcommands ?? []).allSatisfy({ $0.commandName == "help" }) {
            let name = name.joined(separator: " ")
            #expect(command.takesJSON != silent.contains(name), "\(name)")
        }
    }

    @Test func `every command explains itself with an example, on 80 columns`() async throws {
        let commands = try await commands()
        #expect(commands.count > 80)
        for command in commands {
            let help = try await Program.run(command + ["--help"], environment: ["COLUMNS": "80"])
            let name = command.joined(separator: " ")
            #expect(help.status == 0 && help.output.contains("USAGE: waxwing"), "\(name)")
            #expect(help.output.contains("xample"), "\(name)")
            // The line of usage is for the terminal to wrap: it is to be copied whole.
            let lines = help.output.split(separator: "\n").filter { !$0.hasPrefix("USAGE: ") }
            let long = lines.filter { $0.count > 80 && !isOneWord($0) }
            #expect(long.isEmpty, "\(name): \(long)")
        }
    }

    /// What nothing can be wrapped in.
    private func isOneWord(_ line: Substring) -> Bool {
        !line.trimmingCharacters(in: .whitespaces).contains(" ")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `a shell reads its completions`(shell: String) async throws {
        let script = try await Program.run("completions", shell)
        #expect(script.status == 0 && script.output.contains("waxwing") && script.output.contains("sync"))
        guard let program = ["/bin/\(shell)", "/usr/bin/\(shell)"].first(where: FileManager.default.isExecutableFile)
        else { return }
        let folder = try TemporaryFolder()
        let file = try folder.write(Array(script.output.utf8), to: "script")
        let check = try await Program.run(["-n", file], by: program)
        #expect(check.status == 0 && check.errors.isEmpty, "\(check.errors)")
    }

    @Test func `the manual tells of every command, and is understood without a warning`() async throws {
        let folder = try TemporaryFolder()
        let page = try await Program.run("manual")
        #expect(page.status == 0 && page.output.hasPrefix(".TH"))
        for command in try await commands() where !command.isEmpty {
            #expect(page.output.contains(".SS \"waxwing \(command.joined(separator: " "))"))
        }
        let file = try folder.write(Array(page.output.utf8), to: "waxwing.1")
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/groff") else { return }
        let read = try await Program.run(["-man", "-Tutf8", "-ww", "-Kutf8", "-z", file], by: "/usr/bin/groff")
        #expect(read.status == 0 && read.errors.isEmpty, "\(read.errors)")
        let shown = try await Program.run(["-man", "-Tascii", "-P-cbou", "-rLL=78n", file], by: "/usr/bin/groff")
        #expect(shown.output.contains("waxwing sync FOLDER") && shown.output.contains("EXIT STATUS"))
        #expect(shown.output.contains("  waxwing sync ~/Samples --watch"))
    }

    @Test(arguments: [
        (["version"], 0), (["no-such-command"], 64), (["sync"], 64), (["upload", "/nowhere.wav"], 1),
        (["serve"], 78),
    ])
    func `a command ends with the code that is written down`(command: [String], code: Int) async throws {
        let folder = try TemporaryFolder()
        // The last of these is a wrong setting of the server, and nothing to the others.
        let result = try await Program.run(
            command,
            environment: [
                "PORT": "http", "WAXWING_DATA": folder.path, "XDG_CONFIG_HOME": folder.path,
                "WAXWING_API_KEY": "wx_key",
            ])
        #expect(Int(result.status) == code, "\(result.errors)")
    }

    @Test func `the exit codes are those that the documents name`() throws {
        let page = try String(contentsOfFile: document("Docs/Commands/README.md"), encoding: .utf8)
        for code in [0, 1, 64, 69, 74, 76, 77, 78, 130] { #expect(page.contains("| `\(code)` |"), "\(code)") }
    }

    @Test(arguments: [
        ([:], true, true), ([:], false, false), (["NO_COLOR": "1"], true, false), (["NO_COLOR": ""], true, true),
        (["TERM": "dumb"], true, false),
    ])
    func `colours are for terminals, and for nobody who wants none`(
        environment: [String: String], isTerminal: Bool, isOn: Bool
    ) {
        #expect(ColorOptions.Choice.auto.isOn(environment, isTerminal: isTerminal) == isOn)
        #expect(ColorOptions.Choice.always.isOn(environment, isTerminal: isTerminal))
        #expect(!ColorOptions.Choice.never.isOn(environment, isTerminal: isTerminal))
    }

    private func document(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../\(name)").standardizedFileURL
            .path
    }
}

/// Decisions of the commands that speak to a service.
@Suite struct RemoteRulesTests {
    @Test func `names of files from a service are names of files here`() throws {
        struct Names: Decodable {
            let names: [String]
        }
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Vectors/paths/upload-filenames.json").standardizedFileURL
        let names = try JSONDecoder().decode(Names.self, from: Data(contentsOf: file)).names
        for name in names + ["com1", "LPT9.wav", "a/\u{301}b.wav", "...", " .wav ", "a.", "nul.tar.gz"] {
            let safe = LocalName.safe(name, contentType: "audio/flac")
            #expect(
                !safe.hasPrefix(".") && !safe.contains { "/\\:*?\"<>|".contains($0) } && safe.utf8.count < 200,
                "\(safe)")
            #expect(!safe.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.value < 32 }, "\(safe)")
            #expect([".wav", ".flac", ".mp3"].contains { safe.hasSuffix($0) }, "\(safe)")
            #expect(!["con.", "com1.", "lpt9.", "nul."].contains { safe.lowercased().hasPrefix($0) }, "\(safe)")
        }
        #expect(LocalName.numbered("a.b.wav", 3) == "a.b (3).wav")
    }

    @Test(arguments: [
        ("HTTPS://Sounds.Example.com:443/", "https://sounds.example.com", true, false),
        ("http://localhost:8080", "http://localhost:8080", false, true),
        ("http://[::1]:9000/base/", "http://[::1]:9000/base", false, true),
        ("http://127.1.2.3", "http://127.1.2.3", false, true), ("http://127.1", "http://127.1", false, false),
        ("http://localhost.evil.example", "http://localhost.evil.example", false, false),
    ])
    func `an address has one form`(text: String, form: String, isEncrypted: Bool, isLoopback: Bool) throws {
        let address = try #require(ServerAddress(text))
        #expect(address.text == form)
        #expect(address.isEncrypted == isEncrypted && address.isLoopback == isLoopback)
    }

    @Test func `a file goes to no link that is less safe than the service`() throws {
        let (safe, plain) = (try #require(ServerAddress("https://a.example/base")), ServerAddress.local)
        #expect(safe.resolving("/objects/x?y") == "https://a.example/objects/x?y")
        #expect(safe.resolving("https://bucket.example/x") == "https://bucket.example/x")
        for link in ["http://bucket.example/x", "//evil.example/x", "file:///etc/passwd", "x", ""] {
            #expect(safe.resolving(link) == nil, "\(link)")
        }
        #expect(plain.resolving("http://127.0.0.1:9000/x") == "http://127.0.0.1:9000/x")
    }

    @Test func `progress tells rate and time left`() {
        let text = TransferProgress.text(files: 1, of: 4, bytes: 10_000_000, of: 40_000_000, after: .seconds(5))
        #expect(text == "1 of 4 files  10.0 of 40.0 MB  2.0 MB/s  0:15 left")
        #expect(!TransferProgress.text(files: 0, of: 1, bytes: 0, of: 0, after: .zero).contains("left"))
    }

    @Test func `the same file is sent under the same key until that has ended`() {
        var state = SyncState(folder: "f", server: "s", user: "u")
        let key = state.key(of: "d", named: "a.wav")
        #expect(state.key(of: "d", named: "a.wav") == key && state.key(of: "e", named: "a.wav") != key)
        #expect(SyncState(folder: "g", server: "s", user: "u").key(of: "d", named: "a.wav") != key)
        state.endSending(of: "d")
        #expect(state.key(of: "d", named: "a.wav") != key)
    }

    @Test(arguments: [SyncDirection.up, .down, .both], [false, true])
    func `every content is treated as where it is and was`(direction: SyncDirection, deletes: Bool) {
        func sample(_ id: String) -> RemoteSample {
            RemoteSample(id: id, filename: id, contentType: "audio/wav", size: 1)
        }
        var state = SyncState(server: "s", user: "u")
        for (id, wasHere) in [
            ("both", true), ("goneHere", true), ("goneThere", true), ("neverHere", false), ("nowhere", true),
        ] {
            state.learn(id, "d-" + id, wasHere: wasHere)
        }
        let here = ["1": "d-both", "2": "d-goneThere", "3": "d-new", "4": "d-new", "5": "d-both"]
        let there = ["both", "goneHere", "neverHere", "unknown"].map(sample)
        state.look(here: Set(here.values), there: Set(there.map(\.id)))
        #expect(!state.known.contains { $0.sample == "nowhere" })
        let plan = SyncPlan(here: here, there: there, state: state, SyncRules(direction: direction, deletes: deletes))
        #expect(plan.uploads.map(\.path) == (direction.isUp ? ["3"] : []))
        #expect(plan.downloads.map(\.id) == (direction.isDown ? ["neverHere", "unknown"] : []))
        #expect(plan.hidden.map(\.id) == (deletes && direction.isUp ? ["goneHere"] : []))
        #expect(plan.trashed.map(\.path) == (deletes && direction.isDown ? ["2"] : []))
        #expect(plan.inStep == 1)
    }
}
