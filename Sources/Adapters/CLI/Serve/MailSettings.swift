import Foundation
import Jobs
import Logging
import WaxwingProviders

/// The server that takes the program's mail, and who it comes from.
struct MailSettings {
    let from: Mailbox
    private let server: SMTPConfiguration

    /// `smtps://user:password@mail.example.com` (TLS, port 465), `smtp://…` (STARTTLS, port 587), or
    /// `smtp+plain://127.0.0.1:25` for a server on this machine; from `sounds@example.com`, or
    /// `Sounds <sounds@example.com>`.
    ///
    /// - Returns: nil when neither is set, or something is wrong; never noted with the URL, which holds a password.
    init?(_ reader: inout SettingReader) {
        switch (reader.read(PeopleSetting.mailServer), reader.read(PeopleSetting.mailFrom)) {
        case (nil, nil): return nil
        case (let url?, let from?):
            let mailbox = reader.attempt { try Self.sender(from) }
            let server = reader.attempt { try Self.server(of: url) }
            guard let mailbox, let server else { return nil }
            (self.from, self.server) = (mailbox, server)
        default:
            reader.note("WAXWING_SMTP_URL and WAXWING_MAIL_FROM go together: set both, or none")
            return nil
        }
    }

    /// Goes as far as a mail would.
    ///
    /// - Returns: where the server is.
    /// - Throws: `SMTPFailure`.
    func check() async throws -> String {
        try await SMTPClient(server).check()
        return "\(server.host), port \(server.port)"
    }

    private static func sender(_ text: String) throws -> Mailbox {
        guard let mailbox = mailbox(text) else {
            throw SettingsError(
                name: "WAXWING_MAIL_FROM", value: text, expected: "an address, as 'Sounds <sounds@example.com>'")
        }
        return mailbox
    }

    private static func server(of url: String) throws -> SMTPConfiguration {
        guard let server = try? server(url) else {
            throw StartError(
                "WAXWING_SMTP_URL must be smtps://user:password@host (TLS), smtp://user:password@host (STARTTLS), or "
                    + "smtp+plain://127.0.0.1:25; what is special in a password is written %XX")
        }
        return server
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
