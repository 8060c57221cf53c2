import Testing

@testable import Auth

@Suite struct EmailAddressTests {
    @Test(
        arguments: zip(
            ["a@b.co", " Ada.Lovelace+beats@Example.COM\n", "x_y%z@sub.xn--mnchen-3ya.de"],
            ["a@b.co", "ada.lovelace+beats@example.com", "x_y%z@sub.xn--mnchen-3ya.de"]))
    func `a mailbox has one spelling`(text: String, spelling: String) throws {
        #expect(try EmailAddress(text).text == spelling)
    }

    @Test(arguments: [
        "", "@", "a@", "@b.co", "a@b", "a@b@c.co", "a@b..co", "a@.co", "a@b.co.", ".a@b.co", "a.@b.co", "a..b@c.co",
        "a@-b.co", "a@b-.co", "a@b_c.co", "a@[127.0.0.1]", "\"ab\"@c.co", "<a@b.co>", "a,b@c.co", "a;b@c.co",
        String(repeating: "a", count: 65) + "@b.co", "a@" + String(repeating: "b", count: 64) + ".co",
    ])
    func `what is no plain mailbox is refused`(text: String) {
        #expect(throws: EmailFlaw.form) { try EmailAddress(text) }
    }

    @Test(arguments: [
        "a b@c.co", "a@b.co\r\nBcc: x@y.zz", "a\u{0}@b.co", "ädä@b.co", "a@\u{212A}elvin.co", "a@b\u{FF0E}co",
        "a\u{200B}@b.co",
    ])
    func `spaces, control characters and look-alikes are refused`(text: String) {
        #expect(throws: EmailFlaw.characters) { try EmailAddress(text) }
    }

    @Test func `254 bytes are the most`() throws {
        let labels = Array(repeating: String(repeating: "b", count: 61), count: 3).joined(separator: ".")
        let longest = String(repeating: "a", count: 63) + "@" + labels + ".co" + "m"
        #expect(longest.utf8.count == 253)
        #expect(throws: Never.self) { try EmailAddress(longest + "m") }
        #expect(throws: EmailFlaw.tooLong) { try EmailAddress(longest + "mm") }
    }
}
