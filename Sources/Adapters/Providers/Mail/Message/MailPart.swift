import Foundation

/// A text within a message, in an encoding that every server passes on untouched.
struct MailPart {
    let type: String
    let text: String

    init(_ type: String, _ text: String) {
        (self.type, self.text) = (type, text)
    }

    /// Head, empty line and body. The shorter encoding of the two: quoted-printable stays readable for Latin letters.
    var rendered: [UInt8] {
        let lines = Self.lines(text)
        let quoted = Self.quotedPrintable(lines)
        let packed = Self.base64(lines)
        let isQuoted = quoted.count <= packed.count
        let head =
            HeadLine.line("Content-Type", "\(type); charset=utf-8")
            + HeadLine.line("Content-Transfer-Encoding", isQuoted ? "quoted-printable" : "base64")
        return Array("\(head)\r\n".utf8) + (isQuoted ? quoted : packed)
    }

    /// However the lines of the text end.
    static func lines(_ text: String) -> [[UInt8]] {
        var (lines, line, wasReturn) = ([[UInt8]](), [UInt8](), false)
        for byte in text.utf8 {
            switch byte {
            case 0x0A where wasReturn: wasReturn = false
            case 0x0A, 0x0D:
                lines.append(line)
                line = []
                wasReturn = byte == 0x0D
            default:
                line.append(byte)
                wasReturn = false
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// Source: RFC 2045 §6.7.
    static func quotedPrintable(_ lines: [[UInt8]]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for line in lines {
            var column = 0
            for (index, byte) in line.enumerated() {
                let isSpace = byte == 0x20 || byte == 0x09
                // A space at the end of a line gets lost on the way.
                let isLiteral = (0x21...0x7E).contains(byte) && byte != 0x3D || isSpace && index < line.count - 1
                let piece = isLiteral ? [byte] : [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                if column + piece.count > 75 {
                    encoded += [0x3D, 0x0D, 0x0A]
                    column = 0
                }
                encoded += piece
                column += piece.count
            }
            encoded += [0x0D, 0x0A]
        }
        return encoded
    }

    private static func base64(_ lines: [[UInt8]]) -> [UInt8] {
        let text = Data(lines.flatMap { $0 + [0x0D, 0x0A] })
        let options: Data.Base64EncodingOptions = [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ]
        return Array(text.base64EncodedString(options: options).utf8) + [0x0D, 0x0A]
    }
}
