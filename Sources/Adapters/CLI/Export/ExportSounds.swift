import ArgumentParser
import AudioCore
import Foundation

/// What is to be exported: a kit that was read, or sounds as they were named.
struct ExportSounds {
    /// `nil` for loose sounds.
    private let named: Kit?
    /// Loose sounds, in order.
    let files: [String]
    /// The folder that relative paths are meant from.
    let base: String
    /// What problems are told of.
    let title: String
    /// Whether something named on the command line was not found.
    let hasProblems: Bool
    let name: String
    private let bpm: Double?

    /// - Parameters:
    ///   - paths: one kit, or sounds and folders.
    ///   - name: instead of the kit's.
    ///   - bpm: instead of the kit's.
    ///   - card: not searched for sounds.
    /// - Throws: `ValidationError`; `ExitCode` for a kit that cannot be read, and if there is no sound.
    init(_ paths: [String], name: String?, bpm: Double?, card: String) throws {
        self.bpm = bpm
        if let path = paths.first(where: Self.isKit) {
            guard paths.count == 1 else { throw ValidationError("name one kit alone, or sounds without a kit") }
            let kit = try Self.kit(path)
            (named, files, self.name) = (kit, [], name ?? kit.name)
            (base, title, hasProblems) = ((path as NSString).deletingLastPathComponent.orHere, path, false)
        } else {
            let found = AudioFinder.find(paths, except: card)
            for problem in found.problems { problem.report() }
            guard !found.files.isEmpty else { throw ExitCode.someFailed }
            (named, files, self.name) = (nil, found.files, name ?? Self.name(of: paths))
            (base, title, hasProblems) = (".", paths.count == 1 ? paths[0] : "sounds", !found.problems.isEmpty)
        }
    }

    /// The kit that was read, if one was.
    var kit: Kit? {
        guard var kit = named else { return nil }
        kit.name = name
        if let bpm { kit.bpm = bpm }
        return kit
    }

    /// The kit, or loose sounds on pads in their order.
    ///
    /// - Parameter pads: those the device has.
    /// - Throws: `ValidationError` for more sounds than pads.
    func kit(on pads: [PadAddress]) throws -> Kit {
        if let kit { return kit }
        guard files.count <= pads.count else {
            throw ValidationError(
                "\(files.count) sounds, and there are \(pads.count) pads: name fewer, or export them in parts")
        }
        return Kit(name: name, bpm: bpm ?? 120, pads: zip(pads, files).map { KitPad($0, sample: $1) })
    }

    private static func kit(_ path: String) throws -> Kit {
        do {
            return try Kit(path: path)
        } catch {
            FileProblem(path: path, error: error).report()
            throw ExitCode.someFailed
        }
    }

    private static func isKit(_ path: String) -> Bool {
        (path as NSString).pathExtension.lowercased() == "json" && !path.isFolder
    }

    /// That of the one folder that is named, as a unit can show it.
    private static func name(of paths: [String]) -> String {
        guard paths.count == 1, paths[0].isFolder else { return "Untitled" }
        let shown = DeviceText((paths[0].absolutePath as NSString).lastPathComponent, length: 32).text
        return shown.isEmpty ? "Untitled" : shown
    }
}

extension String {
    /// The folder of a path without one is the one we are in.
    fileprivate var orHere: String { isEmpty ? "." : self }
}
