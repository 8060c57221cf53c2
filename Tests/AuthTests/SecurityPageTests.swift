import Foundation
import Testing

/// `Docs/Security.md` names tests as `Suite: name of the test`, between backquotes.
@Suite struct SecurityPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The text of each file of tests.
    private static func files() throws -> [String] {
        let tests = root.appending(path: "Tests")
        let paths = FileManager.default.enumerator(atPath: tests.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(".swift") }.map {
            try String(contentsOf: tests.appending(path: $0), encoding: .utf8)
        }
    }

    private static func page() throws -> String {
        try String(contentsOf: root.appending(path: "Docs/Security.md"), encoding: .utf8)
    }

    @Test func `every test that the page names exists`() throws {
        let files = try Self.files()
        let named = try Self.page().matches(of: /`(\w+Tests): ([^`]+)`/)
        #expect(named.count > 100)
        for test in named {
            let (suite, name) = (String(test.1), String(test.2))
            let exists = files.contains { file in
                file.contains("struct \(suite) {") && file.contains("func `\(name)`(")
            }
            #expect(exists, "\(suite): \(name)")
        }
    }

    @Test func `a row has a test, or says what is missing`() throws {
        let rows = try Self.page().split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }
        let silent = rows.filter { row in
            row.firstMatch(of: /`\w+Tests: [^`]+`/) == nil
                && row.firstMatch(of: /Not met|Does not apply|This page/) == nil
        }
        // The heads of the tables.
        #expect(silent.allSatisfy { $0.hasSuffix("| tests |") }, "\(silent)")
    }

    /// By the first words of their rows.
    private static let attacks = [
        "IDOR read", "IDOR write", "IDOR by listing", "IDOR indirect", "Id guessing", "Function level",
        "JWT none, confusion, kid, jku, crit", "JWT expired, nbf, aud, iss, typ", "JWT after logout or another role",
        "Cookie CSRF", "CORS", "Session fixation", "Session theft by log or URL", "Webhook forgery", "Webhook replay",
        "Webhook out of order", "Quota race", "Quota by a lying length", "Quota refund abuse", "Plan downgrade race",
        "Presigned tamper", "Presigned expiry", "Presigned method swap", "Presigned length and type",
        "Stored type abuse", "Decoder bombs", "Decoder hang", "Zip bomb", "Path traversal in keys",
        "Symlink in the store", "Header injection by a file's name", "Slow headers, slow body, slow read", "Oversize",
        "JSON depth", "SSRF by `file_url`", "SSRF by webhook url", "SSRF answer leak", "Stored XSS", "SQL injection",
        "NUL, lone surrogates", "User enumeration", "Brute force and stuffing", "Reset token", "Open redirect",
        "OAuth state, nonce, PKCE", "Mass assignment", "Rate limit bypass", "Idempotency misuse",
        "Idempotency crash", "Log injection", "Secrets in logs", "Metrics and debug routes",
        "TRACE, CONNECT, override headers", "Host header", "Request smuggling", "Cache poisoning", "Hash flooding",
        "WebSocket and SSE progress", "Supply chain", "Temp files", "Worker escape",
    ]

    @Test(arguments: attacks)
    func `each attack of the list has its row`(attack: String) throws {
        #expect(try Self.page().contains("\n| \(attack)"))
    }
}
