import AudioCore
import Foundation

/// A kit file, and the folder its samples are meant from.
struct KitFile {
    let path: String

    /// What relative paths of samples are meant from.
    var folder: String { (path.absolutePath as NSString).deletingLastPathComponent }

    /// - Throws: ``FileProblem``.
    func read() throws -> Kit {
        do { return try Kit(path: path) } catch { throw FileProblem(path: path, error: error) }
    }

    /// With absolute paths.
    func readResolved() throws -> Kit {
        var kit = try read()
        for place in kit.pads.indices where !kit.pads[place].sample.isEmpty {
            kit.pads[place].sample = resolved(kit.pads[place].sample)
        }
        return kit
    }

    private func resolved(_ sample: String) -> String {
        (sample.hasPrefix("/") ? sample : "\(folder)/\(sample)").absolutePath
    }

    /// With paths from the kit's folder where samples lie in or below it: kit and sounds can be moved together.
    func relative(_ kit: Kit) -> Kit {
        var kit = kit
        let start = folder.hasSuffix("/") ? folder : folder + "/"
        for place in kit.pads.indices where kit.pads[place].sample.hasPrefix(start) {
            kit.pads[place].sample.removeFirst(start.count)
        }
        return kit
    }

    /// Writes it whole or not at all.
    ///
    /// - Throws: ``FileProblem``.
    func write(_ kit: Kit, force: Bool) throws {
        do {
            let file = try OutputFile(path: path, replaces: force)
            _ = try relative(kit).json().withUnsafeBytes { file.write($0) }
            try file.publish()
        } catch AudioWriteError.exists {
            throw FileProblem(path: path, reason: "it exists: choose another name, or replace it with --force")
        } catch AudioWriteError.cannotCreate(_, let reason) {
            throw FileProblem(path: path, reason: reason)
        } catch {
            throw FileProblem(path: path, error: error)
        }
    }
}
