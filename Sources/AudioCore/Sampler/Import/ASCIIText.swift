import Foundation

/// Text in the 95 printable characters of ASCII, as far as it can be said in them.
///
/// What Unicode calls compatible is taken apart (NFKD): letters lose their accents, ligatures and wide forms become
/// plain letters. Letters that are none of these come from a small table, digits of any script are digits. Marks and
/// characters that are not seen are left out.
enum ASCIIText {
    /// - Returns: printable ASCII; `nil` stands for any number of neighbours that have no likeness there.
    static func characters(of text: String) -> [UInt8?] {
        var characters: [UInt8?] = []
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars {
            if (0x20...0x7E).contains(scalar.value) {
                characters.append(UInt8(truncatingIfNeeded: scalar.value))
            } else if let likeness = likeness(of: scalar) {
                characters += likeness.utf8.map(Optional.some)
            } else if characters.last != .some(nil) {
                characters.append(nil)
            }
        }
        return characters
    }

    /// Empty for what is not seen, `nil` for what has no likeness.
    private static func likeness(of scalar: UnicodeScalar) -> String? {
        if let letters = table[scalar] { return letters }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: ""
        case .decimalNumber: scalar.properties.numericValue.flatMap { Int(exactly: $0) }.map(String.init)
        case .dashPunctuation: "-"
        case .spaceSeparator: " "
        default: nil
        }
    }

    /// Letters that are letters of their own, not others with a mark, and signs seen in names of samples.
    private static let table: [UnicodeScalar: String] = [
        "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ȷ": "j", "ħ": "h", "Ħ": "H",
        "ŧ": "t", "Ŧ": "T", "ŋ": "ng", "Ŋ": "NG", "ĸ": "k", "ə": "e", "Ə": "E", "ƒ": "f", "μ": "u", "×": "x",
        "♯": "#", "♭": "b", "−": "-", "⁄": "/", "‘": "'", "’": "'", "‚": "'", "ʼ": "'", "ʻ": "'", "′": "'",
        "“": "\"", "”": "\"", "„": "\"", "«": "\"", "»": "\"", "″": "\"",
    ]
}
