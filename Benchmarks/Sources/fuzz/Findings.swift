import Foundation

/// The folder in which every failing input is left.
struct Findings {
    let folder: URL

    func save(_ bytes: [UInt8], _ seed: UInt64, _ index: Int, _ complaint: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let name = "seed-\(seed)-trial-\(index)"
        try Data(bytes).write(to: folder.appending(path: "\(name).bin"))
        try Data("\(complaint)\n".utf8).write(to: folder.appending(path: "\(name).txt"))
    }

    /// Removes what an earlier run with the same seed has left.
    func clear(_ seed: UInt64) {
        for name in names(seed) { try? FileManager.default.removeItem(at: folder.appending(path: name)) }
    }

    /// Name and complaint of each that `seed` has found.
    func all(_ seed: UInt64) -> [(name: String, complaint: String)] {
        names(seed).filter { $0.hasSuffix(".txt") }.sorted().map { name in
            let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
            return (String(name.dropLast(4)), text?.trimmingCharacters(in: .newlines) ?? "")
        }
    }

    private func names(_ seed: UInt64) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return names.filter { $0.hasPrefix("seed-\(seed)-") }
    }
}
