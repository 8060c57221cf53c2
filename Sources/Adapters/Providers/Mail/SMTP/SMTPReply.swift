/// What a mail server says to a command.
public struct SMTPReply: Equatable, Sendable {
    /// Of three digits; the first tells what it means.
    public let code: Int
    /// The server's words, at most 8,000 characters. They may name a recipient: not for others' eyes.
    public let text: String

    /// `5.1.1`: says more precisely what is wrong (RFC 3463).
    public var enhancedCode: String? {
        guard let word = text.split(whereSeparator: \.isWhitespace).first else { return nil }
        let numbers = word.split(separator: ".", omittingEmptySubsequences: false)
        let areNumbers = numbers.allSatisfy { number in
            (1...3).contains(number.utf8.count) && number.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        return numbers.count == 3 && areNumbers && ["2", "4", "5"].contains(numbers[0]) ? String(word) : nil
    }

    public var isSuccess: Bool { (200..<300).contains(code) }
}

extension SMTPReply: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { enhancedCode.map { "\(code) \($0)" } ?? "\(code)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["code": code]) }
}
