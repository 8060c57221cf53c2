import Foundation

/// A folder of its own for one test, removed with all it holds when the last reference goes.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = FileManager.default.temporaryDirectory.path + "/waxwing-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Everything below `folder`, with the target of links and the bytes of files.
    public func contents(of folder: String = "") throws -> [String: String] {
        let root = path + "/" + folder
        var contents: [String: String] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
            let file = root + "/" + name
            contents[name] =
                (try? FileManager.default.destinationOfSymbolicLink(atPath: file))
                ?? FileManager.default.contents(atPath: file).map { $0.base64EncodedString() } ?? "folder"
        }
        return contents
    }
}
