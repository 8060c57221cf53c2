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

    /// As short as names for people are: at most 200 bytes, the extension kept.
    static func shown(_ name: String) -> String {
        let longest = 200
        guard name.utf8.count > longest else { return name }
        let end = name.lastIndex(of: ".").map { name[$0...] }.flatMap { $0.utf8.count <= 16 ? $0 : nil } ?? ""
        var cut = ""
        for scalar in name.unicodeScalars {
            guard cut.utf8.count + scalar.utf8.count + end.utf8.count <= longest else { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut + end
    }

    /// Control characters, and formatting ones that reorder text: a name must look like what it is.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
