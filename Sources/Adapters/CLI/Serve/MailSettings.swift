import Foundation
import Jobs
import Logging
import WaxwingProviders

/// The server that takes the program's mail, and who it comes from.
struct MailSettings {
    let from: Mailbox
    private let server: SMTPConfiguration

    /// - Parameters:
    ///   - url: `smtps://user:password@mail.example.com` (TLS, port 465), `smtp://…` (STARTTLS, port 587), or
    ///     `smtp+plain://127.0.0.1:25` for a server on this machine.
    ///   - from: `sounds@example.com`, or `Sounds <sounds@example.com>`.
    /// - Returns: nil when neither is set.
    /// - Throws: a sentence without the value, which holds a password.
    init?(url: String?, from: String?) throws {
        guard url != nil || from != nil else { return nil }
        guard let url, let from else {
            throw StartError("WAXWING_SMTP_URL and WAXWING_MAIL_FROM go together: set both, or none")
        }
        guard let mailbox = Self.mailbox(from) else {
            throw SettingsError(
                name: "WAXWING_MAIL_FROM", value: from, expected: "an address, as 'Sounds <sounds@example.com>'")
        }
        guard let server = try? Self.server(url) else {
            throw StartError(
                "WAXWING_SMTP_URL must be smtps://user:password@host (TLS), smtp://user:password@host (STARTTLS), or "
                    + "smtp+plain://127.0.0.1:25; what is special in a password is written %XX")
        }
        (self.from, self.server) = (mailbox, server)
    }

    func sender(logger: Logger) throws -> any MailSender {
        SMTPMailSender(try SMTPClient(server), logger: logger)
    }

    private static func mailbox(_ text: String) -> Mailbox? {
        guard let open = text.lastIndex(of: "<"), text.last == ">" else { return try? Mailbox(text) }
        let name = text[..<open].trimmingCharacters(in: .whitespaces)
        return try? Mailbox(String(text[text.index(after: open)...].dropLast()), name: name.isEmpty ? nil : name)
    }

    private static func server(_ text: String) throws -> SMTPConfiguration {
        let kinds: [String: (SMTPConfiguration.Security, Int)] = [
            "smtps": (.implicitTLS, 465), "smtp": (.startTLS, 587), "smtp+plain": (.none, 25),
        ]
        guard let url = URLComponents(string: text), let (security, port) = url.scheme.flatMap({ kinds[$0] }),
            let host = url.host, !host.isEmpty, url.path.isEmpty || url.path == "/", url.query == nil
        else { throw StartError("no URL of a mail server") }
        var server = try SMTPConfiguration(host: host, port: url.port ?? port, security: security)
        switch (url.user, url.password) {
        case (let user?, let password?): server.credentials = SMTPCredentials(user: user, password: password)
        case (nil, nil): break
        default: throw StartError("one of user and password is missing")
        }
        return server
    }
}
