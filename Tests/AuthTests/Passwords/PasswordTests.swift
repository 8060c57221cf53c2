import Testing

@testable import Auth

@Suite struct PasswordTests {
    @Test(arguments: [
        "12345679", "        x", "ünïcödé-中🎵", "🥁🎹🎸🎺🎻🎷🪕🪘", String(repeating: "ab", count: 128), "tab\tand\u{0}nul",
    ])
    func `any 8 to 256 characters will do`(text: String) throws {
        _ = try Password(text)
    }

    @Test func `length counts Unicode scalars once they are composed`() {
        #expect(throws: PasswordFlaw.tooShort) { try Password("1a2b3c4") }
        #expect(throws: PasswordFlaw.tooShort) { try Password("e\u{301}e\u{301}e\u{301}e\u{301}") }
        #expect(throws: PasswordFlaw.tooLong) { try Password(String(repeating: "ab", count: 128) + "c") }
        #expect(throws: Never.self) { try Password(String(repeating: "e\u{301}a", count: 128)) }
    }

    @Test func `a text of megabytes is refused before anything is done with it`() async throws {
        let huge = String(repeating: "e\u{301}", count: 4_000_000)
        #expect(throws: PasswordFlaw.tooLong) { try Password(huge) }
        let hasher = PasswordHasher(cost: .cheap)
        #expect(try await !hasher.verify(huge, against: hasher.decoy))
    }

    @Test(
        arguments: [
            "password", "PassWord1", "12345678", "qwertyuiop", "iloveyou", "aaaaaaaaaa", "🎵🎵🎵🎵🎵🎵🎵🎵", "Summer2026!",
            "Dr@gon2024!", "monkey!!!!", "Winter01", "l0ve123456",
        ])
    func `the commonest ones are refused`(text: String) {
        #expect(throws: PasswordFlaw.tooCommon) { try Password(text) }
    }

    @Test(arguments: ["dragon83947294", "summer in Lisbon", "2026summer77", "monkeys-at-night", "!!!!!!!1"])
    func `what only begins like one will do`(text: String) {
        #expect(throws: Never.self) { try Password(text) }
    }

    @Test func `a password never shows itself`() throws {
        let password = try Password("correct horse")
        var dumped = ""
        dump(password, to: &dumped)
        #expect(!"\(password) \(String(reflecting: password)) \(dumped)".contains("horse"))
    }
}
