/// Which names a card takes: those of FAT32, the file system that samplers format their cards with.
///
/// Source: Microsoft, "FAT32 File System Specification", 1.03.
enum CardNames {
    /// Bytes of one file, at most.
    static let mostBytes = 0xFFFF_FFFF
    /// Entries of 32 bytes in one folder. Two are the folder's own and the one's above.
    static let mostEntries = 65_534
    private static let mostUnits = 255
    static let forbidden = Set("<>:\"/\\|?*".unicodeScalars)

    /// What is wrong with files below a folder.
    ///
    /// - Parameter paths: below one folder, parts divided by `/`.
    static func problems(of paths: [String]) -> [KitProblem] {
        var folders: [String: [String]] = [:]
        var found: [KitProblem] = []
        for path in paths {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            for part in parts {
                if let problem = problem(of: part) {
                    found.append(KitProblem(pad: nil, problem: "'\(path)': \(problem)", remedy: "name it otherwise"))
                }
            }
            folders[DiskFolder.parent(of: path), default: []].append(parts.last ?? "")
        }
        for (folder, names) in folders.sorted(by: { $0.key < $1.key }) { found += problems(of: names, in: folder) }
        return found
    }

    /// What is wrong with one name, in words; `nil` if nothing.
    static func problem(of name: String) -> String? {
        if name.isEmpty || name == "." || name == ".." { return "the name is none" }
        if name.utf16.count > mostUnits { return "the name is longer than \(mostUnits) characters" }
        if name.hasSuffix(".") || name.hasSuffix(" ") { return "the name ends with a dot or a space" }
        let wrong = name.unicodeScalars.first { $0.value < 0x20 || $0.value == 0x7F || forbidden.contains($0) }
        return wrong.map {
            $0.value < 0x20 || $0.value == 0x7F ? "the name has a control character" : "the name has a \($0)"
        }
    }

    private static func problems(of names: [String], in folder: String) -> [KitProblem] {
        var found: [KitProblem] = []
        let alike = Dictionary(grouping: names) { $0.lowercased() }.values.filter { $0.count > 1 }
        for same in alike.sorted(by: { $0[0] < $1[0] }) {
            let told = "'\(same[0])' and '\(same[1])' differ in case alone, which a card does not"
            found.append(KitProblem(pad: nil, problem: told, remedy: "name one of them otherwise"))
        }
        let needed = names.reduce(2) { $0 + entries(of: $1) }
        if needed > mostEntries {
            let told = "\(names.count) files in '\(folder)' need \(needed) entries, and a folder has \(mostEntries)"
            found.append(KitProblem(pad: nil, problem: told, remedy: "divide them, or shorten their names"))
        }
        return found
    }

    /// One for the short name, and one for every 13 UTF-16 units of a long one.
    static func entries(of name: String) -> Int { 1 + (name.utf16.count + 12) / 13 }
}
