import Foundation

/// What is mutated: the vectors of the repository, third-party files if there are any, and files made here.
struct Corpus {
    struct Entry {
        let name: String
        let bytes: [UInt8]
    }

    let entries: [Entry]

    init(_ made: [(name: String, bytes: [UInt8])]) {
        entries = made.map { Entry(name: "made/\($0.name)", bytes: $0.bytes) }
    }

    /// - Parameters:
    ///   - vectors: `Tests/Vectors/audio`.
    ///   - others: more files, in any folders below.
    init(vectors: URL, others: URL?) throws {
        var entries = MadeSeeds.all.map { Entry(name: "made/\($0.name)", bytes: $0.bytes) }
        entries += try Self.files(below: vectors.appending(path: "valid"))
        if let others { entries += try Self.files(below: others.appending(path: "flac-faulty")) }
        let list = try Data(contentsOf: vectors.appending(path: "malformed.json"))
        entries += try JSONDecoder().decode(Recipes.self, from: list).files.map {
            Entry(name: $0.name, bytes: inflated([UInt8](Data(base64Encoded: $0.zlib_base64) ?? Data())))
        }
        self.entries = entries
    }

    private struct Recipes: Decodable {
        struct File: Decodable {
            let name: String
            let zlib_base64: String
        }
        let files: [File]
    }

    private static func files(below folder: URL) throws -> [Entry] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path() < $1.path() }
            .map { try Entry(name: $0.lastPathComponent, bytes: [UInt8](Data(contentsOf: $0))) }
    }
}
