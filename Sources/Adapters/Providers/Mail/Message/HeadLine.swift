import Foundation
import Jobs
import Storage

/// Lines of a message's head.
enum HeadLine {
    /// Lines end before this column where a space allows it.
    private static let width = 76

    static func line(_ name: String, _ value: String) -> String {
        "\(name): \(value)\r\n"
    }

    /// Free text: as it is if it is plain, in encoded words otherwise.
    static func text(_ name: String, _ text: String) -> String {
        line(name, isPlain(text) ? folded(text, from: name.utf8.count + 2) : encodedWords(text))
    }

    static func mailbox(_ mailbox: Mailbox) -> String {
        guard let name = mailbox.name else { return "\(mailbox.address)" }
        let quoted = "\"\(String(name.flatMap { #""\"#.contains($0) ? [#"\"#, $0] : [$0] }))\""
        guard isPlain(name), quoted.utf8.count <= 50 else { return "\(encodedWords(name))\r\n <\(mailbox.address)>" }
        return "\(quoted) <\(mailbox.address)>"
    }

    /// Can be folded at its spaces and read back the same; what looks like an encoded word would be decoded.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.isPrintableASCII && !text.contains("=?")
            && text.split(separator: " ", omittingEmptySubsequences: false).allSatisfy {
                (1...60).contains($0.utf8.count)
            }
    }

    private static func folded(_ text: String, from start: Int) -> String {
        var (folded, column) = ("", start)
        for word in text.split(separator: " ") {
            let size = word.utf8.count + 1
            if !folded.isEmpty {
                if column + size > width {
                    folded += "\r\n"
                    column = 0
                }
                folded += " "
            }
            folded += word
            column += size
        }
        return folded
    }

    /// Each at most 75 bytes long, and none ends within a character (RFC 2047 §2 and §5).
    private static func encodedWords(_ text: String) -> String {
        var (words, word) = ([String](), "")
        for scalar in text.unicodeScalars {
            if word.utf8.count + UTF8.width(scalar) > 39 {
                words.append(word)
                word = ""
            }
            word.unicodeScalars.append(scalar)
        }
        return (words + [word]).map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }
}
