import AudioCore
import Foundation

/// One file of a project, read by itself and within a project: what may come out is a typed error, or a value that
/// gives the same bytes and can be turned into a kit, sounds and MIDI.
enum SamplerTrial {
    static func outcome(path: String, _ target: Target) -> FileTrial {
        FileTrial(path: path) {
            try readsAlone($0, target)
        } among: {
            try readsInProject($0, target, below: $1, $2)
        }
    }

    /// - Returns: whether the file could be read.
    private static func readsAlone(_ bytes: [UInt8], _ target: Target) throws -> Bool {
        let back: [UInt8]
        do {
            switch target {
            case .audio, .padinfo, .sxwave: return false
            case .padconf:
                let configuration = try PadConfiguration(bytes)
                _ = configuration.problems
                back = configuration.bytes
            case .smp:
                back = try SampleFile(head: Array(bytes.prefix(512)), fileSize: bytes.count).head + bytes.dropFirst(512)
            case .pattern:
                let pattern = try Pattern(bytes)
                let notes = pattern.strikes.allSatisfy { PadAddress.all.indices.contains($0.strike.pad) }
                guard notes, pattern.midi(bpm: 120).count >= 30 else { throw Complaint(text: "no MIDI") }
                back = pattern.bytes
            }
        } catch is SamplerError {
            return false
        }
        guard back == bytes else { throw Complaint(text: "other bytes than were read") }
        return true
    }

    /// The file among others, as the commands of the program use it.
    private static func readsInProject(
        _ bytes: [UInt8], _ target: Target, below folder: String, _ isOpened: Bool
    ) throws {
        let place = "\(folder)/project"
        defer { try? FileManager.default.removeItem(atPath: place) }
        for (name, whole) in MadeSamplerFiles.project {
            let file = URL(filePath: "\(place)/source/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(name == MadeSamplerFiles.place(target) ? bytes : whole).write(to: file)
        }
        let project: Project
        do {
            project = try Project(path: "\(place)/source")
        } catch {
            guard target == .padconf, !isOpened else { throw Complaint(text: "no project: \(error)") }
            return
        }
        let kit = try project.extract(to: "\(place)/kit")
        _ = try Kit(path: "\(kit.path)/kit.json").problems
        _ = try project.exportMIDI(to: "\(place)/midi")
        let copy = try project.rebuild(to: "\(place)/copy")
        for file in copy.files {
            let both = try ["source", "copy"].map { try Data(contentsOf: URL(filePath: "\(place)/\($0)/\(file.name)")) }
            guard both[0] == both[1] else { throw Complaint(text: "\(file.name) is rebuilt as another") }
        }
        let isParsed = copy.files.first { $0.name == MadeSamplerFiles.place(target) }?.isParsed
        guard isParsed == isOpened else { throw Complaint(text: "read alone or in the project, but not both") }
    }
}
