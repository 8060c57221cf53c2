import Foundation

/// Test data that came with the project, and data of others that did not.
enum Vectors {
    /// `Tests/Vectors/<path>`.
    static func own<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> Value {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try decoded(tests.appending(path: "Vectors").appending(path: path))
    }

    /// The folder of other people's vectors, which are never committed.
    static let foreign = ProcessInfo.processInfo.environment["WAXWING_VECTORS"].map { URL(filePath: $0) }
    static let inCI = ProcessInfo.processInfo.environment["CI"] == "true"

    static func decoded<Value: Decodable>(_ file: URL, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
    }
}
