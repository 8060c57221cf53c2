import Foundation

/// The words of a text as they are looked for: letters and digits, case and accents away.
struct SearchWords: Equatable {
    /// Without repeats, in order of appearance.
    let words: [String]

    /// A text has at most so many words, and a word so many bytes: what is beyond is not found.
    private static let (mostWords, longest) = (64, 64)

    init(_ text: String) {
        var words: [String] = []
        for piece in Self.folded(text).unicodeScalars.split(whereSeparator: { !Self.isWordPart($0) }) {
            let word = Self.cut(String(String.UnicodeScalarView(piece)))
            if !words.contains(word) { words.append(word) }
            if words.count == Self.mostWords { break }
        }
        self.words = words
    }

    /// One spelling for all that should be found alike and sorted together.
    static func folded(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    }

    private static func isWordPart(_ scalar: UnicodeScalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func cut(_ word: String) -> String {
        var word = word
        while word.utf8.count > longest { word.removeLast() }
        return word
    }
}

extension String {
    /// The first text in byte order that does not begin with this one; nil when there is none.
    var endOfPrefix: String? {
        var scalars = Array(unicodeScalars)
        while let last = scalars.popLast() {
            // The scalar after U+D7FF is U+E000.
            if let next = UnicodeScalar(last.value == 0xD7FF ? 0xE000 : last.value + 1) {
                return String(String.UnicodeScalarView(scalars + [next]))
            }
        }
        return nil
    }
}
