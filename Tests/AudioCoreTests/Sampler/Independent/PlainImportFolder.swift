import Foundation

/// The folder IMPORT read from the description of what a unit lists there.
struct PlainImportFolder {
    /// By their paths below the folder.
    private(set) var waves: [String: PlainWave] = [:]
    private(set) var complaints: [String]

    init(folder: String) {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        complaints = Self.complaints(of: paths)
        for path in paths {
            // Of a folder nothing is read.
            guard let file = PlainBytes(path: "\(folder)/\(path)") else { continue }
            waves[path] = PlainWave(file)
            complaints += PlainWave(file).complaintsForImport(name: (path as NSString).lastPathComponent)
        }
    }

    /// What FAT32 and a unit have against names of files and folders.
    ///
    /// - Parameter paths: all of them.
    static func complaints(of paths: [String]) -> [String] {
        var found = Complaints()
        let alike = Dictionary(grouping: paths) { $0.uppercased() }
        for (path, same) in alike { found.expect(same.count == 1, "\(path) is there \(same.count) times") }
        for part in Set(paths.flatMap { $0.split(separator: "/", omittingEmptySubsequences: false) }) {
            let stem = part.uppercased().prefix { $0 != "." }
            found.expect(part.utf8.allSatisfy { (32...126).contains($0) }, "\(part) is not ASCII")
            found.expect(!part.contains { "\"*:<>?\\|".contains($0) }, "\(part) has a character FAT32 refuses")
            let length = part.utf8.count - (part.hasSuffix(".wav") ? 4 : 0)
            found.expect((1...23).contains(length), "\(part) has \(length) characters")
            found.expect(!part.hasSuffix(" ") && !part.hasSuffix("."), "\(part) ends with what FAT32 drops")
            found.expect(!part.hasPrefix(" ") && !part.hasPrefix("."), "\(part) is hidden")
            found.expect(!Self.devices.contains(String(stem)), "\(part) is a device of DOS")
        }
        return found.list
    }

    private static let devices = Set(
        ["CON", "PRN", "AUX", "NUL"] + (0...9).flatMap { ["COM\($0)", "LPT\($0)"] })
}
