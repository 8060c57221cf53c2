import Foundation
import Testing

@testable import waxwing

/// The image and the units, compared with what there is: neither can be run where the tests are.
@Suite struct PackagingTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardizedFileURL

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Each instruction on one line, without remarks.
    private static func instructions() throws -> [String] {
        try text("Dockerfile").split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
            .replacing("\\\n", with: " ").split(separator: "\n").map { String($0) }
    }

    /// The packages that each stage installs.
    private static func packages() throws -> [Set<String>] {
        try instructions().filter { $0.contains("apt-get install") }.map { line in
            let list = line.split(separator: "--no-install-recommends").last?.prefix { $0 != "&" } ?? ""
            return Set(list.split(separator: " ").map(String.init).filter { !$0.hasPrefix("$") })
        }
    }

    /// Of Scripts/setup.sh, without those for tests alone.
    private static func wanted() throws -> Set<String> {
        let line = try #require(try text("Scripts/setup.sh").firstMatch(of: /\nwanted="([^"$]+)"\n/))
        return Set(line.1.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    @Test func `the image is built with the packages that the set-up installs`() throws {
        let stages = try Self.packages()
        #expect(stages.count == 2)
        #expect(try stages[0] == Self.wanted())
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/dpkg-query"), "install dpkg to know packages"))
    func `the image runs with the libraries of those packages`() async throws {
        let stages = try Self.packages()
        let (build, run) = (stages[0], stages[1])
        for package in build where package.hasSuffix("-dev") {
            let told = try await Program.run(["-W", "-f", "${Depends}", package], by: "/usr/bin/dpkg-query")
            #expect(told.status == 0, "\(package) is not installed: \(told.errors)")
            let needs = told.output.split(separator: ",").compactMap { $0.split(separator: " ").first.map(String.init) }
            // Names of libraries changed for 64-bit times: Debian 12 has them without.
            let names = needs.map { $0.hasSuffix("t64") ? String($0.dropLast(3)) : $0 }
            #expect(names.contains { run.contains($0) }, "\(package): \(needs)")
        }
    }

    @Test func `what is copied into the image is there, and let in`() throws {
        let ignored = try Self.text(".dockerignore").split(separator: "\n").map(String.init)
        #expect(ignored.contains("*"))
        let copies = try Self.instructions().filter { $0.hasPrefix("COPY ") && !$0.contains("--from=") }
        #expect(copies.count >= 4)
        for copy in copies {
            let words = copy.split(separator: " ").map(String.init)
            for path in words.dropFirst().dropLast() {
                #expect(FileManager.default.fileExists(atPath: Self.root.appending(path: path).path), "\(path)")
                #expect(ignored.contains("!\(path)"), "\(path)")
            }
        }
        // All folders that Package.swift names must be among them, or it is not read.
        let named = try Self.text("Package.swift").matches(of: /path: "(\w+)\//).map { String($0.1) }
        #expect(Set(named).isSubset(of: ["Sources", "Tests"]) && named.count > 10)
    }

    @Test func `the image runs as nobody of rank, keeps its data, and is asked whether it lives`() throws {
        let lines = try Self.instructions()
        let user = try #require(lines.last { $0.hasPrefix("USER ") })
        #expect(user == "USER 10001:10001")
        #expect(lines.contains("VOLUME /var/lib/waxwing") && lines.contains(#"ENTRYPOINT ["waxwing"]"#))
        let environment = try #require(lines.first { $0.hasPrefix("ENV ") })
        for entry in environment.split(separator: " ").dropFirst() {
            let name = String(entry.prefix { $0 != "=" })
            #expect(KnownSettings.names.contains(name), "\(name)")
        }
        #expect(lines.contains { $0.contains(#"CMD ["waxwing", "doctor", "--live"]"#) })
        // Nothing secret is built in.
        for setting in KnownSettings.all where setting.isSecret {
            #expect(!lines.contains { $0.contains(setting.name) }, "\(setting.name)")
        }
    }

    @Test(arguments: ["waxwing", "waxwing-worker"])
    func `a unit starts what there is, waits for its end, and is shut in`(name: String) throws {
        let unit = try Self.text("Packaging/systemd/\(name).service")
        var values: [String: [String]] = [:]
        for line in unit.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix("[") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            values[parts[0], default: []].append(parts.count > 1 ? parts[1] : "")
        }
        let command = name == "waxwing" ? "serve" : "worker"
        #expect(values["ExecStart"] == ["/usr/local/bin/waxwing \(command)"])
        for entry in values["Environment"] ?? [] {
            #expect(KnownSettings.names.contains(String(entry.prefix { $0 != "=" })), "\(entry)")
        }
        // The program's own patience is 30 seconds after it has drained.
        let settings = try Self.text("Packaging/systemd/waxwing.env")
        let drain = try #require(settings.firstMatch(of: /\nWAXWING_DRAIN_SECONDS=(\d+)\n/).flatMap { Int($0.1) })
        let wait = try #require(values["TimeoutStopSec"]?.first.flatMap { Int($0) })
        #expect(wait >= 30 + drain + 10)
        // Children end with their parent, which gives their work back: none is told before it.
        #expect(values["KillMode"] == ["mixed"])
        #expect(values["RestartPreventExitStatus"] == ["78"])
        for (name, value) in [
            "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateDevices": "yes",
            "StateDirectory": "waxwing", "UMask": "0077", "User": "waxwing", "CapabilityBoundingSet": "",
        ] { #expect(values[name] == [value], "\(name)") }
        #expect(values["LoadCredential"] == ["waxwing.env:/etc/waxwing/waxwing.env"])
        #expect(try Self.text("Packaging/systemd/waxwing.sysusers").contains("u waxwing "))
    }
}
