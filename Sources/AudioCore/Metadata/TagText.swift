import Foundation

/// Turns bytes somebody else wrote into text that can be shown.
enum TagText {
    /// Unicode scalars of a text.
    static let longest = 1_000
    /// Of a text that may have several lines.
    static let longestComment = 4_000
    /// Combining marks in a row: composing sorts them, which takes the square of their number.
    ///
    /// Source: Unicode Standard Annex 15, Stream-Safe Text Format.
    private static let mostMarks = 30
    /// Bytes that are read of one text: the longest comment in the widest encoding.
    static let mostBytes = 16_384

    /// `text` up to its first NUL, without what cannot be seen, composed (NFC), trimmed and cut.
    ///
    /// Control and format characters are removed: they steer terminals and turn the reading direction round.
    ///
    /// - Parameter hasLines: whether line breaks stay, as `\n`; they are spaces otherwise.
    /// - Returns: `nil` if nothing is left.
    static func clean(_ text: String, hasLines: Bool = false) -> String? {
        var kept = String.UnicodeScalarView()
        var (isPlain, marks) = (true, 0)
        var last: Unicode.Scalar?
        for scalar in text.unicodeScalars.prefix(while: { $0 != "\0" }) {
            defer { last = scalar }
            switch scalar {
            case "\n" where last == "\r": continue
            case "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": kept.append(hasLines ? "\n" : " ")
            case "\t": kept.append(" ")
            case " "..."~":
                kept.append(scalar)
                marks = 0
            default:
                let properties = scalar.properties
                if [.control, .format].contains(properties.generalCategory) { continue }
                if properties.isNoncharacterCodePoint { continue }
                marks = properties.canonicalCombiningClass == .notReordered ? 0 : marks + 1
                if marks > mostMarks { continue }
                isPlain = isPlain && scalar.value < 0x300
                kept.append(scalar)
            }
        }
        // Below U+0300 nothing composes.
        let composed = isPlain ? String(kept) : String(kept).precomposedStringWithCanonicalMapping
        return cut(composed, to: hasLines ? longestComment : longest)
    }

    /// The first `count` scalars, without white space around them; `nil` for none.
    static func cut(_ text: String, to count: Int) -> String? {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
        let start = text.unicodeScalars.drop(while: isSpace).prefix(count)
        guard let end = start.lastIndex(where: { !isSpace($0) }) else { return nil }
        return String(start[...end])
    }

    /// Text of programs that never said what they wrote: UTF-8 if it can be, else Windows-1252.
    static func utf8OrWestern(_ bytes: some Collection<UInt8>) -> String {
        let bytes = bytes.prefix { $0 != 0 }
        return String(validating: bytes, as: UTF8.self) ?? western(bytes)
    }

    /// Windows-1252, which has printable characters where Latin-1 has controls and is the same elsewhere.
    static func western(_ bytes: some Collection<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append((0x80...0x9F).contains(byte) ? highWestern[Int(byte) - 0x80] : .init(byte)) }
        return String(text)
    }

    /// UTF-16 by its byte order mark.
    ///
    /// - Parameter order: where there is none.
    static func utf16(_ bytes: some Collection<UInt8>, or order: ByteOrder) -> String {
        let fields = HeaderBytes(Array(bytes), .little)
        let isBig = fields.u16(at: 0) == 0xFFFE || (fields.u16(at: 0) != 0xFEFF && order == .big)
        let units = stride(from: 0, to: fields.count - 1, by: 2).compactMap { fields.u16(at: $0) }
        let text = (isBig ? units.map(\.byteSwapped) : units).drop { $0 == 0xFEFF }
        return String(decoding: text, as: UTF16.self)
    }

    /// 0x80…0x9F; the five that are not defined stay controls, which cleaning removes.
    private static let highWestern =
        Array(
            "\u{20AC}\u{81}\u{201A}\u{192}\u{201E}\u{2026}\u{2020}\u{2021}\u{2C6}\u{2030}\u{160}\u{2039}\u{152}\u{8D}\u{17D}\u{8F}"
                .unicodeScalars)
        + Array(
            "\u{90}\u{2018}\u{2019}\u{201C}\u{201D}\u{2022}\u{2013}\u{2014}\u{2DC}\u{2122}\u{161}\u{203A}\u{153}\u{9D}\u{17E}\u{178}"
                .unicodeScalars)
}
