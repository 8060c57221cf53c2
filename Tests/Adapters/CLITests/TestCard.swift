import Foundation
import StorageTestKit

/// An empty folder that stands for a card, and what tests ask of it.
struct TestCard {
    /// With the card in it, and sounds beside it.
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/card"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    /// A kit of 90 BPM beside its sample, half a second of 22,050 Hz.
    func kit(_ pads: String...) throws -> String {
        _ = try folder.write(Sound.kicks(seconds: 0.5), to: "kit/kick.wav")
        let text = #"{"name": "Night", "bpm": 90, "pads": ["# + pads.joined(separator: ", ") + "]}"
        return try folder.write(Array(text.utf8), to: "kit/kit.json")
    }

    /// A pad of such a kit.
    func pad(_ address: String) -> String { #"{"pad": ""# + address + #"", "sample": "kick.wav"}"# }

    func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// Files below a folder, by their paths.
    func files(_ folder: String) -> [String] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return paths.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }
}
