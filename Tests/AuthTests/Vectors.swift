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

/// A seeded generator, so that a failure names its replay.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
