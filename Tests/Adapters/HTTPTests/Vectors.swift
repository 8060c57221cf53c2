import Foundation
import Testing

/// Test data that came with the project, and data of others that did not.
enum Vectors {
    /// `Tests/Vectors/<path>`, as JSON.
    static func own(_ path: String) throws -> Any {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try json(tests.appending(path: "Vectors").appending(path: path))
    }

    /// The folder of other people's vectors, which are never committed.
    static let foreign = ProcessInfo.processInfo.environment["WAXWING_VECTORS"].map { URL(filePath: $0) }
    static let inCI = ProcessInfo.processInfo.environment["CI"] == "true"

    static func json(_ file: URL) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    }
}
