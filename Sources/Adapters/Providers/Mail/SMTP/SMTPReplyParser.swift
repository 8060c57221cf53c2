/// Puts replies together from bytes as they come (RFC 5321 §4.2), bounded in all that a server could send without end.
struct SMTPReplyParser {
    struct Unreadable: Error, Equatable {}

    private static let longestLine = 4096
    private static let mostLines = 200

    private var line: [UInt8] = []
    private var lines: [String] = []
    private var code: Int?

    /// Nothing was begun that is not ended.
    var isEmpty: Bool { line.isEmpty && lines.isEmpty }

    /// - Returns: the replies that `bytes` end.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(Unreadable) -> [SMTPReply] {
        var replies: [SMTPReply] = []
        for byte in bytes {
            guard byte == 0x0A else {
                line.append(byte)
                guard line.count <= Self.longestLine else { throw Unreadable() }
                continue
            }
            if line.last == 0x0D { line.removeLast() }
            if let reply = try end(line) { replies.append(reply) }
            line = []
        }
        return replies
    }

    /// `250-` goes on, `250 ` and `250` end the reply.
    private mutating func end(_ line: [UInt8]) throws(Unreadable) -> SMTPReply? {
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let code = Int(String(decoding: digits, as: UTF8.self)), (200..<600).contains(code),
            self.code ?? code == code, lines.count < Self.mostLines
        else { throw Unreadable() }
        let separator = line.count > 3 ? line[3] : 0x20
        guard separator == 0x20 || separator == UInt8(ascii: "-") else { throw Unreadable() }
        lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
        self.code = code
        guard separator == 0x20 else { return nil }
        defer { (self.code, lines) = (nil, []) }
        return SMTPReply(code: code, lines: lines)
    }
}

extension SMTPReply {
    fileprivate init(code: Int, lines: [String]) {
        // Control characters would break the lines of whatever log the words end up in.
        let words = lines.map { line in
            let scalars = line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
            return String(String.UnicodeScalarView(scalars))
        }
        self.init(code: code, text: String(words.joined(separator: "\n").prefix(8000)))
    }
}
