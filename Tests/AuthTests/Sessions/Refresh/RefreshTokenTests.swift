import Storage
import Testing

@testable import Auth

@Suite struct RefreshTokenTests {
    private let token = RefreshToken(session: .random(), generation: 12, secret: .random())

    @Test func `a token is read back as it was written`() {
        #expect(RefreshToken(token.text) == token)
        #expect(token.text.hasPrefix("wxr_\(token.session).12."))
        let last = RefreshToken(session: .random(), generation: .max, secret: .random())
        #expect(RefreshToken(last.text) == last)
    }

    @Test func `another spelling is no token`() {
        let (text, id, secret) = (token.text, token.session, Base64URL.encode(token.secret.bytes))
        for other in [
            "", "wxr_", text + " ", text + "=", text.uppercased(), String(text.dropFirst()), String(text.dropLast()),
            "\(text).", "wxr_\(id).012.\(secret)", "wxr_\(id).+12.\(secret)", "wxr_\(id).-1.\(secret)",
            "wxr_\(id)..\(secret)", "wxr_\(id).9223372036854775808.\(secret)", "wxr_\(id).١٢.\(secret)",
            "wxr_\(id.text.uppercased()).12.\(secret)", "wxr_\(id).12.\(secret.dropLast(2))", "wx_\(id).12.\(secret)",
            String(repeating: text, count: 10_000),
        ] {
            #expect(RefreshToken(other) == nil, "\(other.prefix(100))")
        }
    }

    @Test func `a child is the same for the same parent, salt and key, and another for any other`() throws {
        let (key, salt) = (Secret.random(), Secret.random(count: 16).bytes)
        let child = try #require(token.child(salt: salt, key: key))
        #expect(child == token.child(salt: salt, key: key))
        #expect(child.session == token.session && child.generation == 13 && child.secret.bytes.count == 32)
        let sibling = RefreshToken(session: token.session, generation: 12, secret: .random())
        let others = [
            token.child(salt: Secret.random(count: 16).bytes, key: key),
            token.child(salt: salt, key: .random()), sibling.child(salt: salt, key: key),
        ]
        #expect(Set((others + [child, token]).compactMap { $0?.secret.bytes }).count == 5)
    }

    @Test func `the last generation has no child`() {
        let last = RefreshToken(session: .random(), generation: .max, secret: .random())
        #expect(last.child(salt: [], key: .random()) == nil)
    }

    @Test func `it prints nothing of itself`() {
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains(Base64URL.encode(token.secret.bytes)))
    }
}

@Suite struct RefreshStateTests {
    private let start = Timestamp(milliseconds: 1_767_225_600_000)
    private let grace = Duration.seconds(30)

    @Test(arguments: [(-1, RefreshVerdict.rotates), (0, .hasExpired), (1, .hasExpired)])
    func `a fresh token is good until it expires`(late: Int, verdict: RefreshVerdict) {
        let state = RefreshState.fresh(expiresAt: start)
        #expect(state.verdict(at: start + .milliseconds(late), grace: grace) == verdict)
    }

    @Test(arguments: [
        (-3_600_000, RefreshVerdict.repeats), (0, .repeats), (29_999, .repeats), (30_000, .betrays),
        (86_400_000, .betrays),
    ])
    func `a spent token repeats its child for the grace window, then betrays`(late: Int, verdict: RefreshVerdict) {
        let state = RefreshState.spent(at: start)
        #expect(state.verdict(at: start + .milliseconds(late), grace: grace) == verdict)
    }

    @Test func `without a window every second use betrays`() {
        #expect(RefreshState.spent(at: start).verdict(at: start, grace: .zero) == .betrays)
    }
}
