import Storage

extension MailMessage {
    /// The message as it goes over the wire, before dots are doubled: lines end in CRLF and are at most 998 bytes long.
    ///
    /// ASCII but for international addresses, so that servers without `8BITMIME` take it as well.
    ///
    /// Source: RFC 5322 (head), 2045 and 2046 (bodies), 2047 (words in the head), 6532 (international addresses).
    public func rendered(at now: Timestamp) -> [UInt8] {
        var head = [
            MailHeader.line("Date", now.mailDate),
            MailHeader.line("From", MailHeader.mailbox(from)),
            MailHeader.line("To", to.map(MailHeader.mailbox).joined(separator: ",\r\n ")),
        ]
        if let replyTo { head.append(MailHeader.line("Reply-To", MailHeader.mailbox(replyTo))) }
        head += [
            MailHeader.text("Subject", subject),
            MailHeader.line("Message-ID", "<\(id)@\(from.address.domain)>"),
            // Who is away does not answer a machine (RFC 3834).
            MailHeader.line("Auto-Submitted", "auto-generated"),
        ]
        head += unsubscribeLines
        head.append(MailHeader.line("MIME-Version", "1.0"))
        return Array(head.joined().utf8) + content
    }

    private var unsubscribeLines: [String] {
        guard let unsubscribe else { return [] }
        let mail = unsubscribe.mail.map { ",\r\n <mailto:\($0.escaped)>" } ?? ""
        return [
            MailHeader.line("List-Unsubscribe", "<\(unsubscribe.url)>\(mail)"),
            MailHeader.line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    }

    private var content: [UInt8] {
        let plain = MailPart("text/plain", text)
        guard let html else { return plain.rendered }
        // No encoded part can hold it: there `=` is followed by a hexadecimal digit or the end of the line.
        let boundary = "=_alternative"
        var content = Array(
            MailHeader.line("Content-Type", "multipart/alternative; boundary=\"\(boundary)\"").utf8)
        for part in [plain, MailPart("text/html", html)] {
            content += Array("\r\n--\(boundary)\r\n".utf8) + part.rendered
        }
        return content + Array("\r\n--\(boundary)--\r\n".utf8)
    }
}

extension MailAddress {
    /// As a `mailto:` address takes it (RFC 6068 §2).
    fileprivate var escaped: String {
        "\(self)".utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: Self.character(byte)
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "@"):
                Self.character(byte)
            default: "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
            }
        }.joined()
    }

    private static func character(_ byte: UInt8) -> String {
        String(Unicode.Scalar(byte))
    }
}
