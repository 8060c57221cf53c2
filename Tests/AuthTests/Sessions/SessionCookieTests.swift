import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct SessionCookieTests {
    private let cookie = SessionCookie.random(for: .random())
    private let now = Timestamp(milliseconds: 1_767_225_600_000)

    @Test func `a cookie is read back as it was written`() {
        #expect(SessionCookie(cookie.value) == cookie)
        #expect(cookie.secret.bytes.count == 32)
        #expect(SessionCookie.random(for: cookie.session).secret != cookie.secret)
    }

    @Test func `another spelling is no cookie`() {
        let value = cookie.value
        for other in [
            "", ".", value + " ", value + "=", "\"\(value)\"", value.uppercased(), String(value.dropLast()),
            value.replacing(".", with: "-"), value.replacing(".", with: ".."), "\(cookie.session)",
            "\(cookie.session).\(Base64URL.encode([1, 2, 3]))", String(value.dropLast()) + "\u{301}",
            String(repeating: value, count: 1000),
        ] {
            #expect(SessionCookie(other) == nil, "\(other.prefix(100))")
        }
    }

    @Test func `browsers are told to keep it for this host, from scripts and from other sites`() {
        let header = SetCookie.session(cookie, until: now + .milliseconds(60_999), at: now).headerValue
        #expect(
            header == "__Host-waxwing_session=\(cookie.value); Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax")
        #expect(!header.contains("Domain"))
    }

    @Test func `a cookie that is over is taken out of the browser`() {
        #expect(
            SetCookie.sessionEnd.headerValue
                == "__Host-waxwing_session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
        #expect(SetCookie.session(cookie, until: now - .seconds(5), at: now).headerValue.contains("; Max-Age=0;"))
    }

    @Test func `it prints nothing of itself`() {
        let secret = Base64URL.encode(cookie.secret.bytes)
        let (credentials, header) = (
            Credentials(sessionCookie: cookie.value), SetCookie.session(cookie, until: now, at: now)
        )
        var dumped = ""
        dump(cookie, to: &dumped)
        dump(credentials, to: &dumped)
        dump(header, to: &dumped)
        #expect(!"\(cookie) \(credentials) \(header) \(String(reflecting: cookie)) \(dumped)".contains(secret))
        #expect(credentials.description == "cookie ***")
    }
}

@Suite struct CookieHeaderTests {
    private func value(_ headers: String...) -> String? { CookieHeader.value(of: "__Host-a", in: headers) }

    @Test func `a cookie is found among others, wherever it is`() {
        for header in ["__Host-a=1", "x=2; __Host-a=1", "__Host-a=1; x=2", "x;__Host-a=1;", " x=2 ;\t__Host-a = 1 "] {
            #expect(value(header) == "1", "\(header)")
        }
        #expect(value("x=2", "__Host-a=1") == "1")
        #expect(value("__Host-a=a=b") == "a=b")
        #expect(value("__Host-a=") == "")
    }

    @Test func `a name that only looks alike is another's`() {
        for header in [
            "", ";", "=", "=1", "__Host-a", "__host-a=1", "__HOST-A=1", "x__Host-a=1", "__Host-a2=1",
            "\u{A0}__Host-a=1", "\u{2000}__Host-a=1", "__Host-a\u{301}=1", "\u{B}__Host-a=1", "%5F_Host-a=1",
            "x=\"; y\"__Host-a=1", "=__Host-a=1", "\u{FF3F}_Host-a=1",
        ] {
            #expect(value(header) == nil, "\(header)")
        }
    }

    @Test func `of two of one name neither counts`() {
        #expect(value("__Host-a=1; __Host-a=2") == nil)
        #expect(value("__Host-a=1", "__Host-a=1") == nil)
    }

    @Test func `a header that is too long is not looked at`() {
        #expect(value("__Host-a=1; x=\(String(repeating: "y", count: CookieHeader.longest))") == nil)
        #expect(value("x=\(String(repeating: "y", count: CookieHeader.longest - 20)); __Host-a=1") == "1")
    }
}
