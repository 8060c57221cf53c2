/// A sound that goes to an IMPORT folder, and what is known of it.
public struct ImportSound: Equatable, Sendable {
    /// Path of the audio file.
    public var source: String
    /// What it shall be called; `nil` for the file's own name.
    public var name: String?
    /// What layouts by tempo, key and role sort by.
    public var facts: SoundFacts
    /// The kit it belongs to; `nil` for the folder that holds the file.
    public var kit: String?
    /// Its place in the kit; `nil` for the next that is free.
    public var pad: PadAddress?

    /// - Parameters:
    ///   - source: path of the audio file.
    ///   - name: what it shall be called.
    ///   - facts: what layouts by tempo, key and role sort by.
    ///   - kit: the kit it belongs to.
    ///   - pad: its place in the kit.
    public init(
        _ source: String, name: String? = nil, facts: SoundFacts = .init(), kit: String? = nil, pad: PadAddress? = nil
    ) {
        (self.source, self.name, self.facts, self.kit, self.pad) = (source, name, facts, kit, pad)
    }

    /// Its name without folders and extension.
    var shownName: String { name ?? Self.stem(of: source) }

    /// What sounds of one kit have in common; folders of the same name in different places are different kits.
    var kitKey: String { kit.map { "kit \($0)" } ?? "folder \(folder)" }

    var kitName: String { kit ?? folder.split(separator: "/").last.map(String.init) ?? "" }

    private var folder: Substring { source.lastIndex(of: "/").map { source[..<$0] } ?? "" }

    private static func stem(of path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return String(file) }
        return String(file[..<dot])
    }
}
