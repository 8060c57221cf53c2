import Foundation

/// Where the samples of an SP-404SX are in what was given: a card, or a folder of one.
struct SXCardPlace {
    /// `…/SP-404SX`, or `SMPL` itself where that was given.
    let folder: String
    /// The folder of the samples below ``folder``, ending with `/`; empty if it is the same.
    let samples: String

    init?(_ path: String) {
        if Self.hasSamples(path) {
            (folder, samples) = (path, "")
            return
        }
        for way in [[], ["SP-404SX"], ["ROLAND", "SP-404SX"], ["IMPORT", "SP-404SX"]] {
            guard let folder = Self.follow(way, from: path), let samples = Self.child("SMPL", of: folder),
                Self.hasSamples("\(folder)/\(samples)")
            else { continue }
            (self.folder, self.samples) = (folder, "\(samples)/")
            return
        }
        return nil
    }

    private static func follow(_ way: [String], from path: String) -> String? {
        var path = path
        for step in way {
            guard let name = child(step, of: path) else { return nil }
            path += "/\(name)"
        }
        return path
    }

    /// The folder of that name in whatever letters; links do not count.
    private static func child(_ name: String, of folder: String) -> String? {
        names(in: folder).filter { $0.uppercased() == name }.sorted().first {
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\($0)")
            return attributes?[.type] as? FileAttributeType == .typeDirectory
        }
    }

    private static func hasSamples(_ folder: String) -> Bool {
        names(in: folder).contains { $0.uppercased() == PadInformation.fileName || PadAddress(fileNameOnSX: $0) != nil }
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
