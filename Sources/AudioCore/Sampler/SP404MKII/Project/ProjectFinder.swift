import Foundation

extension Project {
    /// Folders of a card that hold projects.
    private static let places = ["", "EXPORT/PROJECT", "EXPORT", "IMPORT", "ROLAND/SP-404MKII", "ROLAND", "SP-404MKII"]

    /// Finds the projects that a path means.
    ///
    /// - Parameter path: a project folder, or a card or another folder with projects where a unit has them.
    /// - Returns: paths of folders that hold a `PADCONF.BIN`, in order of their names; the path itself if it does.
    public static func folders(in path: String) -> [String] {
        if isProject(path) { return [path] }
        let found = places.compactMap { folder(path, $0) }.flatMap { place in
            names(in: place).filter { !$0.hasPrefix(".") && !CardFolder.isBackup($0) }.map { "\(place)/\($0)" }
                .filter(isProject)
        }
        return Set(found).sorted()
    }

    private static func isProject(_ path: String) -> Bool {
        names(in: path).contains { $0.uppercased() == PadConfiguration.fileName }
    }

    /// Step by step, since cards do not tell capitals from small letters.
    private static func folder(_ path: String, _ place: String) -> String? {
        place.split(separator: "/").reduce(path as String?) { path, step in
            guard let path else { return nil }
            return names(in: path).first { $0.uppercased() == step }.map { "\(path)/\($0)" }
        }
    }

    private static func names(in path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}
