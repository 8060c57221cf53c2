import AudioCore
import Foundation

/// What is wrong with an outcome.
struct Complaint: Error { let text: String }

/// One file of a project, read by itself and within a project: what may come out is a typed error, or a value that
/// gives the same bytes and can be turned into a kit, sounds and MIDI.
struct SamplerTrial: Outcome {
    private(set) var complaint: String?
    private(set) var isOpened = false
    private(set) var longest = Duration.zero

    init(path: String, _ target: Target) {
        let start = processorTime()
        do {
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
            isOpened = try Self.readsAlone(bytes, target)
            let middle = processorTime()
            try Self.readsInProject(bytes, target, below: (path as NSString).deletingLastPathComponent, isOpened)
            longest = max(middle - start, processorTime() - middle)
        } catch let error as Complaint {
            complaint = error.text
        } catch {
            complaint = "unexpected: \(error)"
        }
        if longest > .seconds(1) { complaint = "took \(longest)" }
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
