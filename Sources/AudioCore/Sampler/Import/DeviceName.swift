/// Names of files and folders that a sampler shows and a FAT card takes.
///
/// ASCII; spaces, control characters, `"*/:<>?\|` and what has no likeness in ASCII become one `_` between what is
/// kept; no dot at the beginning or end; no name that DOS keeps for devices; 1 to 23 characters, extension not counted.
enum DeviceName {
    /// Of a name, without the extension.
    static let mostCharacters = 23

    /// - Parameters:
    ///   - text: any text; not a path.
    ///   - fallback: for a text of which nothing is left.
    ///   - length: characters at most.
    static func name(_ text: String, or fallback: String = "sample", length: Int = mostCharacters) -> String {
        let kept = characters(of: text)
        let guarded = isReserved(kept) ? [underscore] + kept : kept
        let name = cut(guarded, to: length)
        return name.isEmpty ? fallback : String(decoding: name, as: UTF8.self)
    }

    /// Without what is not taken at either end; what lies between leaves one `_`.
    private static func characters(of text: String) -> [UInt8] {
        var (kept, hasGap): ([UInt8], Bool) = ([], false)
        for character in ASCIIText.characters(of: text) {
            guard let character, !isRefused(character) else {
                hasGap = true
                continue
            }
            if kept.isEmpty, character == dot { continue }
            if hasGap, let last = kept.last, last != underscore, character != underscore { kept.append(underscore) }
            kept.append(character)
            hasGap = false
        }
        return kept
    }

    private static func isRefused(_ character: UInt8) -> Bool { #" "*/:<>?\|"#.utf8.contains(character) }

    /// A dot at the end of a name is dropped by FAT.
    private static func cut(_ name: [UInt8], to length: Int) -> ArraySlice<UInt8> {
        var name = name.prefix(length)
        while name.last == dot { name.removeLast() }
        return name
    }

    /// Whether the part before the first dot is a device of DOS.
    static func isReserved(_ name: [UInt8]) -> Bool {
        let stem = String(decoding: name.prefix { $0 != dot }, as: UTF8.self).uppercased()
        if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"].contains(stem) { return true }
        return stem.utf8.count == 4 && (stem.hasPrefix("COM") || stem.hasPrefix("LPT"))
            && stem.utf8.last.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } == true
    }

    private static let (dot, underscore) = (UInt8(ascii: "."), UInt8(ascii: "_"))
}
