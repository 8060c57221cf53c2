import AudioCore
import Foundation

/// One file of an SP-404SX card, read by itself and on a card: a typed error, or a value that gives the same bytes.
enum SXTrial {
    static func outcome(path: String, _ target: Target) -> FileTrial {
        FileTrial(path: path) {
            try readsAlone($0, target)
        } among: { bytes, folder, _ in
            try readsOnCard(bytes, target, below: folder)
        }
    }

    /// - Returns: whether the file could be read.
    private static func readsAlone(_ bytes: [UInt8], _ target: Target) throws -> Bool {
        let (back, whole): ([UInt8], ArraySlice<UInt8>)
        do {
            if target == .padinfo {
                let information = try PadInformation(bytes)
                _ = information.problems
                (back, whole) = (information.bytes, bytes[...])
            } else {
                whole = bytes.prefix(512)
                back = try SXSampleFile(head: Array(whole), fileSize: bytes.count).head
            }
        } catch is SamplerError {
            return false
        }
        guard back.elementsEqual(whole) else { throw Complaint(text: "other bytes than were read") }
        return true
    }

    /// The file among others, as the commands of the program use it. A card without its `PAD_INFO.BIN` is a card.
    private static func readsOnCard(_ bytes: [UInt8], _ target: Target, below folder: String) throws {
        let place = "\(folder)/card"
        defer { try? FileManager.default.removeItem(atPath: place) }
        let source = "\(place)/ROLAND/SP-404SX/SMPL"
        try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
        let input = target == .padinfo ? "PAD_INFO.BIN" : "A0000001.WAV"
        for (name, whole) in MadeSXFiles.card {
            try Data(name == input ? bytes : whole).write(to: URL(filePath: "\(source)/\(name)"))
        }
        let card = try SXCard(path: place)
        _ = try JSONEncoder().encode(card.inspection)
        _ = try card.extract(to: "\(place)/kit").problems
        try card.rebuild(to: "\(place)/copy")
        for (name, _) in MadeSXFiles.card {
            let found = FileManager.default.enumerator(atPath: "\(place)/copy")?.first { "\($0)".hasSuffix(name) }
            guard let file = found, let copy = FileManager.default.contents(atPath: "\(place)/copy/\(file)"),
                copy == FileManager.default.contents(atPath: "\(source)/\(name)")
            else { throw Complaint(text: "\(name) is rebuilt as another") }
        }
    }
}
