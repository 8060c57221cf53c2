import AudioCore
import Foundation

/// A name from elsewhere made one of a file in a folder, on any file system: no path, nothing hidden, no device, and an
/// ending that says audio.
enum LocalName {
    private static let longest = 180
    private static let endings: Set = [
        "wav", "wave", "aif", "aiff", "aifc", "flac", "ogg", "oga", "opus", "mp3", "m4a", "aac",
    ]
    private static let devices: Set = ["con", "prn", "aux", "nul"]

    static func safe(_ name: String, contentType: String) -> String {
        // By scalars: a slash that an accent follows is another character, and still a slash.
        let last = name.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last.map(Array.init) ?? []
        var safe = String(String.UnicodeScalarView(last.map(plain))).precomposedStringWithCanonicalMapping
        while let first = safe.first, first == "." || first.isWhitespace { safe.removeFirst() }
        while let last = safe.last, last == "." || last.isWhitespace { safe.removeLast() }
        var (stem, ending) = ((safe as NSString).deletingPathExtension, (safe as NSString).pathExtension)
        if !endings.contains(ending.lowercased()) { (stem, ending) = (safe, self.ending(of: contentType)) }
        while stem.utf8.count > longest { stem.removeLast() }
        if stem.isEmpty { stem = "sample" }
        if isDevice(stem) { stem = "_" + stem }
        return "\(stem).\(ending)"
    }

    /// The same with a number before its ending, from the second on.
    static func numbered(_ name: String, _ number: Int) -> String {
        guard number > 1 else { return name }
        let (stem, ending) = ((name as NSString).deletingPathExtension, (name as NSString).pathExtension)
        return ending.isEmpty ? "\(stem) (\(number))" : "\(stem) (\(number)).\(ending)"
    }

    /// Names under which two files may be one, where case or composition does not count.
    static func folded(_ name: String) -> String {
        name.precomposedStringWithCanonicalMapping.lowercased()
    }

    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if ":*?\"<>|".unicodeScalars.contains(scalar) { return "_" }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: "_"
        default: scalar
        }
    }

    private static func isDevice(_ stem: String) -> Bool {
        let word = stem.lowercased().split(separator: ".").first.map(String.init) ?? ""
        if devices.contains(word) { return true }
        return word.count == 4 && ["com", "lpt"].contains(word.prefix(3)) && word.last?.isNumber == true
    }

    private static func ending(of contentType: String) -> String {
        switch contentType {
        case "audio/aiff": "aiff"
        case "audio/flac": "flac"
        case "audio/ogg": "ogg"
        case "audio/mpeg": "mp3"
        case "audio/mp4": "m4a"
        case "audio/aac": "aac"
        default: "wav"
        }
    }
}
