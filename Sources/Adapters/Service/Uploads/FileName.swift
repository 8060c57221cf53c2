/// A file name from outside, made fit to be shown: no folders, no control characters, at most 255 bytes.
enum FileName {
    static func cleaned(_ name: String?, format: String) -> String {
        // By scalars: a slash that a joiner or an accent follows is another character, and still a slash.
        let parts = (name ?? "").unicodeScalars.split { $0 == "/" || $0 == "\\" }
        var cleaned = ""
        for scalar in parts.last.map(Array.init) ?? [] where !isHidden(scalar) {
            guard cleaned.utf8.count + scalar.utf8.count <= 255 else { break }
            cleaned.unicodeScalars.append(scalar)
        }
        let trimmed = cleaned.drop(while: \.isWhitespace)
        return trimmed.isEmpty || trimmed == "." || trimmed == ".." ? "upload.\(format)" : String(trimmed)
    }

    /// Control characters, and formatting ones that reorder text: a name must look like what it is.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
