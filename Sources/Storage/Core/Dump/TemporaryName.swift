import Foundation

/// What is being made stands under another name until it is whole and on the disk.
enum TemporaryName {
    /// - Throws: ``DumpError/exists(_:)``.
    static func checkFree(_ path: String) throws(DumpError) {
        var status = stat()
        guard lstat(path, &status) != 0 else { throw .exists(path) }
    }

    /// Gives `made` its name; returns once that survives a crash.
    static func publish(_ made: String, as path: String) throws(DumpError) {
        try checkFree(path)
        guard rename(made, path) == 0 else { throw DumpError(.system("rename"), of: path) }
        try synchronizeFolder(of: path)
    }

    /// Makes the names in the folder of `path` durable.
    static func synchronizeFolder(of path: String) throws(DumpError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do throws(ObjectStoreError) {
            try FileHandleOwner(reading: folder).synchronize()
        } catch {
            throw DumpError(error, of: folder)
        }
    }
}
