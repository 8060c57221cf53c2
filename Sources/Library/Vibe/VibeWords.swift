import Storage

/// Words on a sample from outside, found fit to be kept and shown: bounded, on one line, without anything that is not seen.
public struct VibeWords: Equatable, Sendable {
    public let vibe: String
    public let genre: String?
    public let tags: [String]

    /// Nil for what is empty, too long, or no tag; what is only untidy (letters' case, spaces, control characters, a tag twice)
    /// is tidied.
    public init?(vibe: String, genre: String?, tags: [String]) {
        let (text, clean) = (Self.tidy(vibe), tags.map(Self.tag))
        guard (1...VibeAnalysis.longestVibe).contains(text.count), text.utf8.count <= 4 * VibeAnalysis.longestVibe,
            (1...VibeAnalysis.mostTags).contains(tags.count), clean.allSatisfy({ $0 != nil })
        else { return nil }
        var known: Set<String> = []
        (self.vibe, self.tags) = (text, clean.compactMap { $0 }.filter { known.insert($0).inserted })
        guard let genre, !Self.tidy(genre).isEmpty else {
            self.genre = nil
            return
        }
        guard let named = Self.genre(genre) else { return nil }
        self.genre = named
    }

    /// Nil for what is empty or too long.
    static func genre(_ text: String) -> String? {
        let text = tidy(text)
        let fits =
            (1...VibeAnalysis.longestGenre).contains(text.count) && text.utf8.count <= 4 * VibeAnalysis.longestGenre
        return fits ? text : nil
    }

    /// Of letters, digits, and what stands inside names of genres and sounds.
    private static func tag(_ text: String) -> String? {
        let text = tidy(text).lowercased()
        let isTag = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || " 0123456789-&'#/".unicodeScalars.contains($0)
        }
        let fits = (1...VibeAnalysis.longestTag).contains(text.count) && text.utf8.count <= 4 * VibeAnalysis.longestTag
        return isTag && fits ? text : nil
    }

    /// On one line, with single spaces, and only what is seen and does not reorder the rest.
    private static func tidy(_ text: String) -> String {
        var tidy = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator:
                if let last = tidy.last, last != " " { tidy.append(" ") }
            case .format, .surrogate, .privateUse, .unassigned: continue
            default: tidy.append(scalar)
            }
        }
        if tidy.last == " " { tidy.removeLast() }
        return String(tidy)
    }
}
