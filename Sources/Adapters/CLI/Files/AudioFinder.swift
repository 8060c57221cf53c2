import AudioCore
import Foundation

/// Finds the files that are meant by arguments.
struct AudioFinder {
    private(set) var files: [String] = []
    private(set) var problems: [FileProblem] = []
    private var isFolderGiven = false
    private let argumentCount: Int
    private let output: String?

    /// One argument, and it is a file.
    var isSingleFile: Bool { argumentCount == 1 && !isFolderGiven }

    /// - Parameter output: a folder that is written to; what is in it is not searched, but for files named themselves.
    static func find(_ arguments: [String], except output: String? = nil) -> AudioFinder {
        var finder = AudioFinder(argumentCount: arguments.count, output: output?.absolutePath)
        for argument in arguments {
            var isFolder: ObjCBool = false
            if !FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) {
                finder.problems.append(FileProblem(path: argument, reason: "no such file or folder"))
            } else if isFolder.boolValue {
                finder.isFolderGiven = true
                finder.search(argument)
            } else {
                finder.files.append(argument)
            }
        }
        return finder
    }

    private init(argumentCount: Int, output: String?) {
        (self.argumentCount, self.output) = (argumentCount, output)
    }

    /// All audio below `folder`, in order of names. Links to folders are not followed: they may lead in circles.
    private mutating func search(_ folder: String) {
        let before = files.count
        guard let names = FileManager.default.enumerator(atPath: folder) else {
            problems.append(FileProblem(path: folder, reason: "the folder cannot be read"))
            return
        }
        for case let name as String in names where !isHidden(name) {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            if isRegular(path), isAudio(path), !isOutput(path, of: folder) { files.append(path) }
        }
        files[before...].sort()
        if files.count == before {
            problems.append(FileProblem(path: folder, reason: "no audio files in this folder"))
        }
    }

    private func isOutput(_ path: String, of folder: String) -> Bool {
        guard let output, output != folder.absolutePath, !folder.absolutePath.isBelow(output) else { return false }
        return path.absolutePath.isBelow(output)
    }

    private func isHidden(_ path: String) -> Bool {
        path.split(separator: "/").contains { $0.hasPrefix(".") }
    }

    private func isRegular(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// By name, so that a damaged sample is reported and not passed over; or by content, whatever the name.
    private func isAudio(_ path: String) -> Bool {
        if Self.extensions.contains((path as NSString).pathExtension.lowercased()) { return true }
        guard let file = FileHandle(forReadingAtPath: path),
            let head = try? file.read(upToCount: AudioFormat.sniffLength)
        else { return false }
        return AudioFormat.sniff(head) != nil
    }

    private static let extensions: Set = [
        "wav", "wave", "aif", "aiff", "aifc", "flac", "ogg", "oga", "opus", "mp3", "m4a", "aac", "wma",
    ]
}
