import Foundation

extension String {
    /// With links resolved: one file has one name.
    var absolutePath: String { URL(fileURLWithPath: self).resolvingSymlinksInPath().standardizedFileURL.path }

    /// Whether there is a folder of this name.
    var isFolder: Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: self, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Whether this absolute path is somewhere below a folder.
    func isBelow(_ folder: String) -> Bool { hasPrefix(folder.hasSuffix("/") ? folder : folder + "/") }
}
