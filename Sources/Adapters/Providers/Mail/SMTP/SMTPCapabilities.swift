/// What a server offers, from its answer to `EHLO` (RFC 5321 §4.1.1.1).
struct SMTPCapabilities: Equatable {
    var startTLS = false
    /// The longest message taken, in bytes; nil when unknown or unlimited.
    var size: Int?
    var mechanisms: Set<String> = []

    init(_ reply: SMTPReply? = nil) {
        // The first line is the server's greeting, an empty one too.
        for line in (reply?.text ?? "").split(separator: "\n", omittingEmptySubsequences: false).dropFirst() {
            // Older servers write `AUTH=PLAIN`.
            let words = line.uppercased().split { $0 == " " || $0 == "=" }.map(String.init)
            switch words.first {
            case "STARTTLS": startTLS = true
            case "SIZE": size = words.dropFirst().first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
            case "AUTH": mechanisms.formUnion(words.dropFirst())
            default: break
            }
        }
    }
}
