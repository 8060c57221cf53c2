import Testing

@testable import WaxwingProviders

@Suite struct MailPartTests {
    private static func quoted(_ text: String) -> String {
        String(decoding: MailPart.quotedPrintable(MailPart.lines(text)), as: UTF8.self)
    }

    @Test(arguments: [
        ("", ""), ("a", "a\r\n"), ("a\n", "a\r\n"), ("a\r\nb\rc\n\nd", "a\r\nb\r\nc\r\n\r\nd\r\n"),
        ("a=b", "a=3Db\r\n"),
        ("é", "=C3=A9\r\n"), ("a \n", "a=20\r\n"), ("a\t", "a=09\r\n"), ("a b", "a b\r\n"), ("\0", "=00\r\n"),
    ])
    func `quoted-printable escapes what would not survive`(text: String, encoded: String) {
        #expect(Self.quoted(text) == encoded)
    }

    @Test func `a long line is broken softly, and never within an escape`() {
        let lines = Self.quoted(String(repeating: "é", count: 100)).split(separator: "\r\n").map(String.init)
        #expect(lines.allSatisfy { $0.utf8.count <= 76 })
        #expect(lines.dropLast().allSatisfy { $0.hasSuffix("=") })
        let whole = lines.enumerated().map { $0 < lines.count - 1 ? String($1.dropLast()) : $1 }.joined()
        #expect(whole == String(repeating: "=C3=A9", count: 100))
    }

    @Test func `the shorter encoding is used`() {
        let latin = String(decoding: MailPart("text/plain", "déjà vu, and plain words").rendered, as: UTF8.self)
        #expect(latin.contains("quoted-printable"))
        let japanese = String(
            decoding: MailPart("text/plain", String(repeating: "音", count: 100)).rendered, as: UTF8.self)
        #expect(japanese.contains("base64"))
    }

    @Test(arguments: [
        ("", ".\r\n"), (".\r\n", "..\r\n.\r\n"), ("a\r\n.b\r\n..\r\n", "a\r\n..b\r\n...\r\n.\r\n"),
        ("a", "a\r\n.\r\n"), ("a.b\r\n", "a.b\r\n.\r\n"),
    ])
    func `a line that begins with a dot gets another`(text: String, sent: String) {
        #expect(String(decoding: SMTPSession.dotted(Array(text.utf8)), as: UTF8.self) == sent)
    }
}
