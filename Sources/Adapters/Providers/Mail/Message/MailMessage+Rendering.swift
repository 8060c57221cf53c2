import Jobs
import Storage

extension MailMessage {
    /// The message as it goes over the wire, before dots are doubled: ASCII, in lines of at most 998 bytes that end in CRLF, so
    /// that every server takes it.
    ///
    /// - Parameter id: names the message in every attempt to send it, so that who receives it twice can tell.
    ///
    /// Source: RFC 5322 (head), 2045 and 2046 (bodies), 2047 (words in the head).
    public func rendered(id: MessageID, at now: Timestamp) -> [UInt8] {
        let domain = from.address.split(separator: "@").last ?? "localhost"
        var head = [
            HeadLine.line("Date", now.mailDate),
            HeadLine.line("From", HeadLine.mailbox(from)),
            HeadLine.line("To", HeadLine.mailbox(to)),
        ]
        if let replyTo { head.append(HeadLine.line("Reply-To", HeadLine.mailbox(replyTo))) }
        head += [
            HeadLine.text("Subject", subject),
            HeadLine.line("Message-ID", "<\(id)@\(domain)>"),
            // Who is away does not answer a machine (RFC 3834).
            HeadLine.line("Auto-Submitted", "auto-generated"),
        ]
        head += allHeaders.map { HeadLine.line($0.name, $0.value) }
        head.append(HeadLine.line("MIME-Version", "1.0"))
        return Array(head.joined().utf8) + content
    }

    private var content: [UInt8] {
        let plain = MailPart("text/plain", text)
        guard let html else { return plain.rendered }
        // No encoded part can hold it: there `=` is followed by a hexadecimal digit or the end of the line.
        let boundary = "=_alternative"
        var content = Array(
            HeadLine.line("Content-Type", "multipart/alternative; boundary=\"\(boundary)\"").utf8)
        for part in [plain, MailPart("text/html", html)] {
            content += Array("\r\n--\(boundary)\r\n".utf8) + part.rendered
        }
        return content + Array("\r\n--\(boundary)--\r\n".utf8)
    }
}
