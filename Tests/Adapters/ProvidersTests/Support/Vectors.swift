import Foundation

/// Test data that came with the project.
enum Vectors {
    struct SSRF: Decodable {
        let urls: [String]
    }

    /// `Tests/Vectors/ssrf/urls.json`: addresses none of which may be connected to.
    static let ssrf: Result<SSRF, any Error> = Result {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try JSONDecoder().decode(
            SSRF.self, from: Data(contentsOf: tests.appending(path: "Vectors/ssrf/urls.json")))
    }
}
