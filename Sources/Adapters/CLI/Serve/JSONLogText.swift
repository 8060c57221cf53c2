/// Text in a line of a log: JSON, without a character that a terminal or a reader of lines could take for a command.
enum JSONLogText {
    /// - Parameter longest: bytes; of a longer text the beginning is kept, and `…`.
    static func quoted(_ text: String, atMost longest: Int) -> String {
        var (line, bytes) = ("\"", 0)
        line.reserveCapacity(min(text.utf8.count, longest) + 2)
        for scalar in text.unicodeScalars {
            bytes += scalar.utf8.count
            guard bytes <= longest else { return line + "…\"" }
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            default:
                if isCommand(scalar) { line += escaped(scalar) } else { line.unicodeScalars.append(scalar) }
            }
        }
        return line + "\""
    }

    /// Control characters, line and paragraph separators, and what turns the direction of writing.
    private static func isCommand(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x200E, 0x200F, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    /// All of these fit into four digits.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
