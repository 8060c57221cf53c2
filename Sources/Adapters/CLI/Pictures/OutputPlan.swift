import ArgumentParser
import Foundation

/// Where results go: one file, standard output, or a folder with a file for each input.
struct OutputPlan: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "File to write, or a folder for several (made if it is missing); - is standard output.",
        completion: .file())
    var output: String

    @Flag(help: "Replace files that exist.")
    var force = false

    /// Several inputs, a folder as input, or what is written like a folder or is one.
    func isFolder(for found: AudioFinder) -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
        return !found.isSingleFile || output.hasSuffix("/") || (exists && isFolder.boolValue)
    }

    /// Has the ending of a result, and no folder is there: a folder of that name was hardly meant.
    private var looksLikeFile: Bool {
        !output.hasSuffix("/") && !FileManager.default.fileExists(atPath: output)
            && ["png", "json", "dat"].contains((output as NSString).pathExtension.lowercased())
    }

    /// The file for each input.
    ///
    /// - Parameter ending: follows the name of the input without its extension, e.g. `_waveform.png`.
    func targets(for found: AudioFinder, ending: String) throws -> [String: PictureTarget] {
        guard isFolder(for: found) else {
            return [found.files[0]: PictureTarget(path: output, isReplacing: force)]
        }
        guard output != "-" else {
            throw ValidationError("only one file can go to standard output: name a folder with -o")
        }
        guard !looksLikeFile else {
            throw ValidationError("several files need a folder: -o \(output.printable) looks like one file")
        }
        do {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch {
            throw ValidationError("the folder \(output.printable) cannot be made: is there a file of that name?")
        }
        return Dictionary(
            found.files.map { file in
                let name = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
                let path = (output as NSString).appendingPathComponent(name + ending)
                return (file, PictureTarget(path: path, isReplacing: force))
            }, uniquingKeysWith: { first, _ in first })
    }
}
