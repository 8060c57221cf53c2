import Foundation
import Jobs

@testable import WaxwingProviders

/// The server that `Scripts/smtp-server.sh` starts.
enum SMTPServer {
    static let hint = "set TEST_SMTP_PORT (Scripts/smtp-server.sh start DIR) to check mail against a server"

    static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment["TEST_SMTP_\(name)"]
    }

    static func client(
        _ security: SMTPConfiguration.Security = .startTLS, password: String? = variable("PASSWORD")
    ) throws -> SMTPClient {
        let port = variable(security == .implicitTLS ? "TLS_PORT" : "PORT").flatMap { Int($0) } ?? 0
        var configuration = try SMTPConfiguration(host: "127.0.0.1", port: port, security: security)
        configuration.timeouts = .patient
        configuration.trust = .systemAnd(file: variable("CERTIFICATE") ?? "")
        configuration.credentials = SMTPCredentials(user: "waxwing", password: password ?? "")
        return try SMTPClient(configuration)
    }

    static func kept(_ id: MessageID) throws -> Kept {
        let file = "\(variable("MESSAGES") ?? "")/\(id).json"
        return try JSONDecoder().decode(Kept.self, from: Data(contentsOf: URL(filePath: file)))
    }

    /// A message as Python read it.
    struct Kept: Decodable {
        let from: String
        let to: [String]
        let options: [String]
        let headers: [[String]]
        let names: [String]
        let text: String?
        let html: String?
        let defects: [String]
        let longest: Int

        subscript(name: String) -> String? {
            headers.first { $0.first == name }?.last
        }
    }
}
