import CLibPQ
import Storage

/// Where the server is and how to sign in. Never printed whole: it holds the password.
struct PostgresAddress: Sendable {
    private let url: String
    private let password: String?
    /// `host:port/name`, for messages.
    let place: String

    /// Parsed by libpq, so that all of its forms and parameters (`sslmode`, `target_session_attrs`, …) are taken.
    init(_ url: String) throws(DatabaseError) {
        var message: UnsafeMutablePointer<CChar>?
        guard !url.utf8.contains(0), let options = PQconninfoParse(url, &message) else {
            // Not libpq's message: it quotes the text, and with it perhaps the password.
            PQfreemem(message)
            throw .unavailable("the address is not of the form postgres://user:password@host:5432/name")
        }
        defer { PQconninfoFree(options) }
        var found: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        self.url = url
        password = found["password"].flatMap { $0.isEmpty ? nil : $0 }
        let host = found["host"] ?? found["hostaddr"] ?? "localhost"
        place = "\(host):\(found["port"] ?? "5432")/\(found["dbname"] ?? found["user"] ?? "")"
    }

    /// What libpq is given. What stands before the address may be set otherwise by it, what stands after may not.
    func parameters(name: String) -> [(keyword: String, value: String)] {
        [
            ("application_name", name), ("connect_timeout", "5"),
            // A server that vanished without a word is noticed within half a minute.
            ("keepalives_idle", "15"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
            ("dbname", url),
            ("client_encoding", "UTF8"),
        ]
    }

    /// A message of libpq on one line, without the password wherever it might stand.
    func cleaned(_ message: String) -> String {
        var text = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        if let password { text = text.split(separator: password).joined(separator: "…") }
        return text
    }
}
