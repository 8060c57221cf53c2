import Foundation
import Testing

/// What is built is what was meant.
@Suite struct SupplyChainTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private struct Resolved: Decodable {
        struct Pin: Decodable {
            struct State: Decodable {
                let version: String?
                let revision: String
            }

            let identity: String
            let location: String
            let state: State
        }

        let pins: [Pin]
    }

    /// The first versions without a known fault of weight, by identity.
    private static let mended = [
        // CVE-2026-28980: as many headers as anybody likes.
        "swift-nio": [2, 100, 0],
        // GHSA-4px2-pw77-vc85: another path within a path.
        "swift-nio-http2": [1, 44, 0],
    ]

    @Test func `supply chain: every package is a release, over TLS, and none is older than its last mended fault`()
        throws
    {
        let data = try Data(contentsOf: Self.root.appending(path: "Package.resolved"))
        let pins = try JSONDecoder().decode(Resolved.self, from: data).pins
        #expect(pins.count > 10)
        for pin in pins {
            #expect(pin.location.hasPrefix("https://github.com/"), "\(pin.identity)")
            #expect(pin.state.revision.count == 40)
            let version = try #require(pin.state.version, "\(pin.identity) is no release")
            let numbers = version.split(separator: ".").compactMap { Int($0) }
            #expect(numbers.count == 3, "\(pin.identity) \(version)")
            if let least = Self.mended[pin.identity] {
                #expect(!numbers.lexicographicallyPrecedes(least), "\(pin.identity) \(version)")
            }
        }
        #expect(Set(pins.map(\.identity)).isSuperset(of: Self.mended.keys))
    }

    @Test func `supply chain: each package that is asked for is spoken of in a decision`() throws {
        let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let asked = manifest.matches(
            of: /\.package\(url: "https:\/\/github\.com\/[\w.-]+\/([\w.-]+?)(?:\.git)?", from:/
        )
        .map { String($0.1).lowercased() }
        #expect(asked.count == manifest.matches(of: /\.package\(url:/).count && asked.count >= 10)
        let folder = Self.root.appending(path: "Docs/Decisions")
        let decisions = try FileManager.default.contentsOfDirectory(atPath: folder.path).map {
            try String(contentsOf: folder.appending(path: $0), encoding: .utf8).lowercased()
        }
        let known = ["grdb.swift": "grdb", "async-http-client": "asynchttpclient"]
        for name in asked {
            let word = known[name] ?? name
            #expect(decisions.contains { $0.contains(word) }, "\(name)")
        }
    }
}
