import ArgumentParser
import AudioCore
import Foundation

/// What is to be exported: a kit that was read, or one made of sounds in their order.
struct ExportSounds {
    private(set) var kit: Kit
    /// The folder that relative paths of the kit are meant from.
    let base: String
    /// What problems are told of.
    let title: String
    /// Whether something named on the command line was not found.
    let hasProblems: Bool

    /// - Parameters:
    ///   - paths: one kit, or sounds and folders.
    ///   - name: instead of the kit's.
    ///   - bpm: instead of the kit's.
    ///   - card: not searched for sounds.
    /// - Throws: `SamplerError` for a kit that cannot be read, `ValidationError`, `ExitCode` if there is no sound.
    init(_ paths: [String], name: String?, bpm: Double?, card: String) throws {
        if let path = paths.first(where: Self.isKit) {
            guard paths.count == 1 else { throw ValidationError("name one kit alone, or sounds without a kit") }
            kit = try Kit(path: path)
            (base, title, hasProblems) = ((path as NSString).deletingLastPathComponent.orHere, path, false)
        } else {
            let found = AudioFinder.find(paths, except: card)
            for problem in found.problems { problem.report() }
            guard !found.files.isEmpty else { throw ExitCode(1) }
            let pads = PadAddress.all
            guard found.files.count <= pads.count else {
                throw ValidationError(
                    "\(found.files.count) sounds, and there are \(pads.count) pads: name fewer, or export them in parts"
                )
            }
            kit = Kit(name: Self.name(of: paths), pads: zip(pads, found.files).map { KitPad($0, sample: $1) })
            (base, title, hasProblems) = (".", paths.count == 1 ? paths[0] : "sounds", !found.problems.isEmpty)
        }
        if let name { kit.name = name }
        if let bpm { kit.bpm = bpm }
    }

    private static func isKit(_ path: String) -> Bool {
        (path as NSString).pathExtension.lowercased() == "json" && !path.isFolder
    }

    /// That of the one folder that is named, as far as a unit can show it.
    private static func name(of paths: [String]) -> String {
        guard paths.count == 1, paths[0].isFolder else { return "Untitled" }
        let plain = (paths[0].absolutePath as NSString).lastPathComponent.decomposedStringWithCompatibilityMapping
        let shown = plain.unicodeScalars.filter { (0x20...0x7E).contains($0.value) }.prefix(31)
        return shown.isEmpty ? "Untitled" : String(String.UnicodeScalarView(shown))
    }
}

extension String {
    /// The folder of a path without one is the one we are in.
    fileprivate var orHere: String { isEmpty ? "." : self }
}
