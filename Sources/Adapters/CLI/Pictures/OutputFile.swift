import Foundation

/// A file that appears under its name only when it is complete.
struct OutputFile {
    /// `-` is standard output.
    let path: String
    let isReplacing: Bool

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether it may be written: asked before the work, so that it is not done for nothing.
    func check() throws {
        guard path != "-" else {
            guard isatty(1) == 0 else {
                throw Problem(description: "standard output is a terminal: send it to a file or a program")
            }
            return
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        guard !isFolder.boolValue else { throw Problem(description: "\(path.printable) is a folder") }
        guard isReplacing else { throw exists }
    }

    /// Calls `body` with a file to write to; what it wrote is seen whole or not at all.
    func write(_ body: (FileHandle) throws -> Void) throws {
        guard path != "-" else { return try body(.standardOutput) }
        try check()
        let temporary = "\(path).\(UUID().uuidString.prefix(8)).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure() }
        do {
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            defer { close(descriptor) }
            try body(file)
        } catch {
            unlink(temporary)
            throw error
        }
        try publish(temporary)
    }

    private func publish(_ temporary: String) throws {
        // A link fails where somebody else has made the file meanwhile; not every file system has links.
        if !isReplacing, link(temporary, path) == 0 || errno == EEXIST {
            let isTaken = errno == EEXIST && !isSame(temporary, path)
            unlink(temporary)
            if isTaken { throw exists }
        } else if rename(temporary, path) != 0 {
            let failure = failure()
            unlink(temporary)
            throw failure
        }
    }

    private func isSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_ino == second.st_ino
            && first.st_dev == second.st_dev
    }

    private var exists: Problem {
        Problem(description: "\(path.printable) exists: --force replaces it")
    }

    private func failure() -> Problem {
        Problem(description: "\(path.printable) cannot be written: \(String(cString: strerror(errno)))")
    }
}
