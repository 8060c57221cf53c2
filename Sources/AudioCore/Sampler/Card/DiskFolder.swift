import Foundation
import Synchronization

/// What the system does to folders and their contents, without looking away when it fails.
enum DiskFolder {
    /// Whether something of that name is there, a link that leads nowhere too.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Makes a folder and those above it.
    ///
    /// - Returns: those that were not there, the outermost first.
    static func make(_ path: String) throws(SamplerError) -> [String] {
        guard !exists(path) else {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw .cannotWrite(path: path, reason: "it is there and no folder")
            }
            return []
        }
        let above = parent(of: path)
        var made = above == path ? [] : try make(above)
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            let reason = systemMessage()
            removeEmpty(made)
            throw .cannotWrite(path: path, reason: reason)
        }
        made.append(path)
        return made
    }

    /// Removes those that are empty, the innermost (last) first.
    static func removeEmpty(_ folders: [String]) {
        for folder in folders.reversed() { rmdir(folder) }
    }

    /// Puts a folder and all that is in it onto the disk: a rename that survives a power cut must not lead to files
    /// that did not.
    ///
    /// Several at once: a disk that is told of them together writes them in half the time.
    static func sync(_ folder: String) throws(SamplerError) {
        let paths = try entries(below: folder)
        let (failure, threads) = (FirstFailure(), DispatchGroup())
        for first in 0..<min(syncsAtOnce, paths.count) {
            threads.enter()
            // Threads of their own: they wait for the disk, not for a processor.
            Thread.detachNewThread {
                for index in stride(from: first, to: paths.count, by: syncsAtOnce) {
                    do throws(SamplerError) {
                        try syncEntry(paths[index])
                    } catch {
                        failure.note(error)
                    }
                }
                threads.leave()
            }
        }
        threads.wait()
        if let error = failure.error { throw error }
    }

    private static let syncsAtOnce = 8

    /// A folder and all below it; what is inside before what is around it.
    private static func entries(below folder: String) throws(SamplerError) -> [String] {
        var paths: [String] = []
        for name in try names(in: folder) {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { throw .cannotWrite(path: path, reason: systemMessage()) }
            if status.st_mode & S_IFMT == S_IFDIR { paths += try entries(below: path) } else { paths.append(path) }
        }
        return paths + [folder]
    }

    /// Puts one file, or the names in one folder, onto the disk.
    static func syncEntry(_ path: String) throws(SamplerError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemMessage()) }
        defer { close(descriptor) }
        // Some file systems have nothing to sync of a folder, and say that it makes no sense.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .cannotWrite(path: path, reason: systemMessage())
        }
    }

    /// What is in a folder, hidden things too, in order.
    static func names(in folder: String) throws(SamplerError) -> [String] {
        guard let stream = opendir(folder) else { throw .cannotRead(file: folder, reason: systemMessage()) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func name(of path: String) -> String {
        String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    }
}

/// What went wrong first, in any of several threads.
private final class FirstFailure: Sendable {
    private let first = Mutex<SamplerError?>(nil)

    var error: SamplerError? { first.withLock { $0 } }

    func note(_ error: SamplerError) { first.withLock { $0 = $0 ?? error } }
}
