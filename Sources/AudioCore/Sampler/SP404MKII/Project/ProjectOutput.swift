import Foundation

/// A folder that was made of a project.
public struct ProjectOutput: Equatable, Sendable {
    /// Where it is.
    public let path: String
    /// Where what was there before is kept, if something was.
    public let backup: String?
    /// What is in it, below it, in order.
    public let files: [File]

    /// One file of the folder.
    public struct File: Equatable, Sendable {
        /// Below the folder.
        public let name: String
        /// Whether it was read into values and written again, and not just copied.
        public let isParsed: Bool
    }
}

extension ProjectOutput {
    /// Fills a folder and gives it its name.
    static func make(
        at path: String, replacesExisting: Bool, fill: (CardFolder) throws -> [File]
    ) throws -> ProjectOutput {
        let folder = try CardFolder(path: path, replacesExisting: replacesExisting)
        let files = try fill(folder)
        return ProjectOutput(path: folder.path, backup: try folder.publish(), files: files)
    }
}
